// A provider by other people: npm's oidc-provider, whose module is the argument. It tells its issuer on a line.
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const { Provider } = await import(pathToFileURL(process.argv[2]).href);
const native = {
  application_type: "native",
  grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
  redirect_uris: ["http://127.0.0.1/callback"],
};
let handle;
const server = createServer((request, response) => handle(request, response));
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      { ...native, client_id: "public", token_endpoint_auth_method: "none" },
      { ...native, client_id: "elsewhere", token_endpoint_auth_method: "none", redirect_uris: ["http://localhost/back/here", "http://localhost", "http://[::1]/callback"] },
      { ...native, client_id: "basic", token_endpoint_auth_method: "client_secret_basic", client_secret: "s3cret+of/basic&%" },
      { ...native, client_id: "post", token_endpoint_auth_method: "client_secret_post", client_secret: "s3cret+of/post&%" },
    ],
    features: { deviceFlow: { enabled: true }, revocation: { enabled: true } },
    claims: { openid: ["sub"], profile: ["name"] },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, name: "Jane" }) }),
  });
  handle = provider.callback();
  console.log(issuer);
});

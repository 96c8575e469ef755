# Ends a desktop. Reads the desktop's folder, then waits for its standard input to end, which it does
# when the program that started the desktop closes it or dies, in whatever way; then ends every process
# of the desktop, by id, and removes the folder. They are known by the mark in their environment;
# Chromium, which writes over its environment, by its profile's folder. (The patterns go to grep by a
# pipe: as arguments they would make it and this shell match themselves.)
read -r dir
read -r _
marked() {
	printf 'FERMATA_DESKTOP=%s/\n--user-data-dir=%s/\n' "$dir" "$dir" |
		grep -lsaF -f - /proc/[0-9]*/environ /proc/[0-9]*/cmdline | cut -d / -f 3
}
for signal in TERM KILL; do
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		ids=$(marked)
		[ -n "$ids" ] || break 2
		kill -$signal $ids 2>/dev/null
		sleep 0.05
	done
done
rm -rf "$dir"

package standin

import (
	"encoding/binary"
	"time"
)

const packet = 48 // bytes of an NTP packet without extension fields, RFC 5905 section 7.3

// reply returns an NTP server's answer to request, received and sent at now: stratum 2, in sync,
// root delay 8 ms, root dispersion 2 ms. It returns nil for what a server does not answer: anything
// shorter than a packet and anything but a client's mode. RFC 5905 section 9.2.
func reply(request []byte, now time.Time) []byte {
	if len(request) < packet || request[0]&7 != 3 {
		return nil
	}
	r := make([]byte, packet)
	r[0] = request[0]&0x38 | 4 // leap indicator 0, the client's version, mode server
	r[1] = 2                   // stratum
	r[2] = request[2]          // poll
	r[3] = 0xec                // precision: 2^-20 s, about a microsecond
	binary.BigEndian.PutUint32(r[4:], shortTime(8*time.Millisecond))
	binary.BigEndian.PutUint32(r[8:], shortTime(2*time.Millisecond))
	copy(r[12:16], []byte{192, 0, 2, 1})                                   // reference ID: an address for examples, RFC 5737
	binary.BigEndian.PutUint64(r[16:], longTime(now.Add(-16*time.Second))) // last set
	copy(r[24:32], request[40:48])                                         // origin: the client's transmit time
	binary.BigEndian.PutUint64(r[32:], longTime(now))                      // receive
	binary.BigEndian.PutUint64(r[40:], longTime(now))                      // transmit
	return r
}

// shortTime is the 16.16 format of the root delay and dispersion.
func shortTime(d time.Duration) uint32 { return uint32(d << 16 / time.Second) }

// longTime is the 32.32 format of the time stamps, counted from 1900 and folded into its era.
func longTime(t time.Time) uint64 {
	const since1900 = 2_208_988_800
	frac := uint64(t.Nanosecond()) << 32 / uint64(time.Second)
	return uint64(t.Unix()+since1900)<<32 | frac
}

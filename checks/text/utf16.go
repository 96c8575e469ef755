package text

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// FromUTF16 reads what Windows PowerShell 5.1 writes into a file: UTF-16, with a byte order mark or
// without one. Other bytes stay as they are.
func FromUTF16(input []byte) string {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(input, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	case bytes.HasPrefix(input, []byte{0xff, 0xfe}), len(input) > 1 && input[0] != 0 && input[1] == 0:
	default:
		return string(input)
	}
	units := make([]uint16, len(input)/2)
	for i := range units {
		units[i] = order.Uint16(input[2*i:])
	}
	return string(utf16.Decode(units))
}

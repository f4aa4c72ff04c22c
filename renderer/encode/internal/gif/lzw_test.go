package gif

import (
	"bytes"
	"compress/lzw"
	"io"
	"math/rand/v2"
	"testing"
)

// decompress is the standard library's reading of the code.
func decompress(t *testing.T, code []byte, literal int) []byte {
	t.Helper()
	r := lzw.NewReader(bytes.NewReader(code), lzw.LSB, literal)
	defer r.Close()
	pix, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("decompress: %v", err)
	}
	return pix
}

func FuzzCompress(f *testing.F) {
	f.Add([]byte(nil), uint8(2))
	f.Add([]byte{1}, uint8(2))
	f.Add(bytes.Repeat([]byte{3}, 10_000), uint8(2))
	noise := make([]byte, 100_000) // fills the code table many times
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	f.Add(noise, uint8(8))
	f.Add(noise, uint8(5))

	var c compressor
	f.Fuzz(func(t *testing.T, pix []byte, literal uint8) {
		literal = 2 + literal%7
		for i := range pix {
			pix[i] &= 1<<literal - 1
		}
		code := c.compress(nil, pix, uint(literal))
		if got := decompress(t, code, int(literal)); !bytes.Equal(got, pix) {
			t.Fatalf("%d pixels of %d bits came back as %d others", len(pix), literal, len(got))
		}
	})
}

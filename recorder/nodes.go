package recorder

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// editAttributes copies an rrweb event and hands the attributes of every
// element in it to edit, which returns what takes their place. tag is the
// element's name; a mutation of attributes does not say it.
func editAttributes(event []byte, edit func(tag string, attributes jsontext.Value) (jsontext.Value, error)) ([]byte, error) {
	var out bytes.Buffer
	options := jsontext.AllowDuplicateNames(true)
	dec := jsontext.NewDecoder(bytes.NewReader(event), options, jsontext.AllowInvalidUTF8(true))
	enc := jsontext.NewEncoder(&out, options, jsontext.AllowInvalidUTF8(true), jsontext.PreserveRawStrings(true))
	tags := map[int]string{} // of the objects around, by their depth
	for {
		token, err := dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
		}
		if err != nil {
			return nil, fmt.Errorf("read event: %w", err)
		}
		depth := dec.StackDepth()
		if token.Kind() == jsontext.KindBeginObject {
			delete(tags, depth)
		}
		name := ""
		if token.Kind() == jsontext.KindString {
			if kind, n := dec.StackIndex(depth); kind == jsontext.KindBeginObject && n%2 == 1 {
				name = token.String()
			}
		}
		if err := enc.WriteToken(token); err != nil {
			return nil, fmt.Errorf("write event: %w", err)
		}
		next := dec.PeekKind()
		if (name != "tagName" || next != jsontext.KindString) && (name != "attributes" || next != jsontext.KindBeginObject) {
			continue
		}
		value, err := dec.ReadValue()
		if err != nil {
			return nil, fmt.Errorf("read event: %w", err)
		}
		if name == "attributes" {
			value, err = edit(tags[depth], value)
		} else {
			var text []byte
			text, _ = jsontext.AppendUnquote(nil, value) // half a surrogate pair is no known name either
			tags[depth] = string(text)
		}
		if err != nil {
			return nil, err
		}
		if err := enc.WriteValue(value); err != nil {
			return nil, fmt.Errorf("write event: %w", err)
		}
	}
}

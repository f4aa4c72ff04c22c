package visitor

import (
	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"
)

// keyNamed finds the key of a KeyboardEvent.key name on a US keyboard.
func keyNamed(name string) (input.Key, bool) {
	if len(name) == 1 {
		return input.Key(name[0]), name[0] >= ' ' && name[0] <= '~'
	}
	switch name {
	case "Enter":
		return input.Enter, true
	case "Tab":
		return input.Tab, true
	case "Escape":
		return input.Escape, true
	case "Backspace":
		return input.Backspace, true
	case "Delete":
		return input.Delete, true
	case "Insert":
		return input.Insert, true
	case "ArrowLeft":
		return input.ArrowLeft, true
	case "ArrowRight":
		return input.ArrowRight, true
	case "ArrowUp":
		return input.ArrowUp, true
	case "ArrowDown":
		return input.ArrowDown, true
	case "Home":
		return input.Home, true
	case "End":
		return input.End, true
	case "PageUp":
		return input.PageUp, true
	case "PageDown":
		return input.PageDown, true
	case "Shift":
		return input.ShiftLeft, true
	case "Control":
		return input.ControlLeft, true
	case "Alt":
		return input.AltLeft, true
	case "Meta":
		return input.MetaLeft, true
	case "CapsLock":
		return input.CapsLock, true
	case "ContextMenu":
		return input.ContextMenu, true
	}
	return functionKey(name)
}

func functionKey(name string) (input.Key, bool) {
	keys := []input.Key{
		input.F1, input.F2, input.F3, input.F4, input.F5, input.F6,
		input.F7, input.F8, input.F9, input.F10, input.F11, input.F12,
	}
	for i, key := range keys {
		if name == "F"+[]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}[i] {
			return key, true
		}
	}
	return 0, false
}

// buttonNamed translates the recorder's name of a mouse button.
func buttonNamed(name string) (proto.InputMouseButton, bool) {
	switch name {
	case "", "primary":
		return proto.InputMouseButtonLeft, true
	case "auxiliary":
		return proto.InputMouseButtonMiddle, true
	case "secondary":
		return proto.InputMouseButtonRight, true
	case "back":
		return proto.InputMouseButtonBack, true
	case "forward":
		return proto.InputMouseButtonForward, true
	default:
		return "", false
	}
}

// Gives this field a value that nobody can type, as its own widget would.
// Returns false if the field has no such option.
function (value) {
  this.focus();
  if (this instanceof HTMLSelectElement) {
    const options = [...this.options];
    const option = options.find((o) => o.value === value) ?? options.find((o) => o.label.trim() === value.trim());
    if (!option) return false;
    option.selected = true;
  } else {
    // Frameworks shadow the property on the element; the prototype's setter
    // makes them see the change.
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(this), "value").set.call(this, value);
  }
  this.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  this.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

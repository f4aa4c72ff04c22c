// Says whether this element is visible (or not), and has the properties and
// attributes asked for. null is not asked.
function (visible, properties, attributes) {
  const seen = () => {
    const { width, height } = this.getBoundingClientRect();
    return this.checkVisibility({ visibilityProperty: true }) && width > 0 && height > 0;
  };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  if (visible !== null && seen() !== visible) return false;
  for (const [name, value] of Object.entries(properties ?? {})) if (!same(this[name], value)) return false;
  for (const [name, value] of Object.entries(attributes ?? {})) if (this.getAttribute(name) !== value) return false;
  return true;
}

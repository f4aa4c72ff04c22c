// Puts this scroller, the window or an element, at a position. Says where that
// is, for a scroller has ends, and where it is two frames later: the first one
// takes up what was scrolled without the page.
async function (x, y) {
  const at = () => (this === window ? { X: scrollX, Y: scrollY } : { X: this.scrollLeft, Y: this.scrollTop });
  this.scrollTo({ left: x, top: y, behavior: "instant" });
  const put = at();
  for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  return { put, rest: at() };
}

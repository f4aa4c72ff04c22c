// Says where the window is once what was scrolled without the page has arrived,
// which the first of two frames sees to.
async function () {
  for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  return { X: scrollX, Y: scrollY };
}

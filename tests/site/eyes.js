// Measures what a reader sees of a page: defines `eyes` for Playwright's evaluate. Axe skips text in drawings and text near a
// pseudo-element, since it cannot determine the background; here every text is measured, and the focus ring, too.
window.eyes ??= (() => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();

  // Red, green, blue and alpha of any CSS colour, each from 0 to 1.
  const rgba = (colour) => {
    if (!known.has(colour)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
      known.set(
        colour,
        [...pen.getImageData(0, 0, 1, 1).data].map((value) => value / 255),
      );
    }
    return known.get(colour);
  };
  const over = (top, below, opacity = 1) => {
    const alpha = top[3] * opacity;
    return [0, 1, 2].map((i) => top[i] * alpha + below[i] * (1 - alpha)).concat(1);
  };
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const opacity = (element) => (element ? getComputedStyle(element).opacity * opacity(element.parentElement) : 1);

  // The background of an element's text, composed of the backgrounds of its ancestors.
  const paper = (element) => {
    if (!element) return rgba("Canvas");
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, paper(element.parentElement));
  };

  // The background of a text in a drawing: the boxes drawn before the text, below its middle.
  const box = (text) => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    let below = paper(text.ownerSVGElement.parentElement);
    for (const shape of text.ownerSVGElement.querySelectorAll("rect")) {
      const edges = shape.getBoundingClientRect();
      const before = shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
      const style = getComputedStyle(shape);
      if (!before || style.fill === "none" || x < edges.left || x > edges.right || y < edges.top || y > edges.bottom) continue;
      below = over(rgba(style.fill), below, style.fillOpacity * style.opacity);
    }
    return below;
  };

  const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

  // Each visible text, with its element.
  function* texts(root = document.body) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const [text, element] = [walker.currentNode.data.trim(), walker.currentNode.parentElement];
      if (text && visible(element) && !element.closest("script, style, template, svg :is(title, desc)")) yield [text, element];
    }
  }

  // The texts whose contrast is below the minimum of WCAG, as `4.2 text`.
  const unreadable = () => {
    const found = new Set();
    for (const [text, element] of texts()) {
      const style = getComputedStyle(element);
      const drawn = element.closest("svg text");
      const below = drawn ? box(drawn) : paper(element);
      const ink = over(rgba(drawn ? style.fill : style.color), below, (drawn ? style.fillOpacity : 1) * opacity(element));
      const size = parseFloat(style.fontSize);
      const needed = !drawn && (size >= 24 || (size >= 18.66 && style.fontWeight >= 700)) ? 3 : 4.5;
      const value = contrast(ink, below);
      if (value < needed) found.add(`${value.toFixed(2)} ${text.slice(0, 60)}`);
    }
    return [...found];
  };

  // The contrast of an element's outline, or else its parent's, with the background; 0 without an outline.
  const ring = (element) => {
    for (const each of [element, element.parentElement]) {
      const { outlineStyle, outlineWidth, outlineColor, outlineOffset } = getComputedStyle(each);
      if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) continue;
      const below = paper(parseFloat(outlineOffset) < 0 ? each : each.parentElement);
      return contrast(over(rgba(outlineColor), below), below);
    }
    return 0;
  };

  // Whether a part of the element is in the window and not covered. A link may be broken into several lines.
  const inSight = (element) => {
    const points = [...element.getClientRects()].flatMap(({ left, width, top, height }) =>
      [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [left + width * x, top + height * y])),
    );
    return visible(element) && points.some(([x, y]) => element.contains(document.elementFromPoint(x, y)));
  };

  const name = (element) => {
    const place = element.closest("[data-cell], header, footer, .md-sidebar, article");
    // biome-ignore lint/performance/useDomNodeTextContent: hidden words are not part of the name.
    const words = element.getAttribute("aria-label") || element.innerText || element.id;
    return `${element.localName} “${words.slice(0, 40).trim()}” in ${place?.dataset.cell ?? place?.className}`;
  };

  // Records in `eyes.focused` how every element with focus looks, which elements never got the focus, and whether it went all the
  // way round. Returns the number of elements that must get it.
  let watch;
  const watchFocus = () => {
    const usable = document.querySelectorAll(
      "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable]",
    );
    const expected = [...usable].filter(
      (element) =>
        element.tabIndex >= 0 &&
        !element.disabled &&
        !element.closest("[inert]") &&
        element.checkVisibility({ visibilityProperty: true }),
    );
    const reached = new Set();
    eyes.focused = { round: false, stops: [], missed: () => expected.filter((element) => !reached.has(element)).map(name) };
    const note = (element) => {
      if (reached.has(element)) eyes.focused.round = true;
      else
        eyes.focused.stops.push({
          name: name(element),
          inSight: inSight(element),
          ring: Math.round(ring(element) * 100) / 100,
        });
      reached.add(element);
    };
    if (document.activeElement !== document.body) note(document.activeElement);
    watch?.abort();
    watch = new AbortController();
    document.addEventListener("focusin", ({ target }) => note(target), watch);
    document.addEventListener("focusout", ({ relatedTarget }) => (eyes.focused.round ||= !relatedTarget), watch);
    return expected.length;
  };

  // The texts that are cut off by the window or by a box that does not scroll, and the page itself if it is wider than the window.
  // The header's titles are ignored: the names of site and page are repeated in full in the drawer and below.
  const clipped = () => {
    const found = new Set();
    for (const [text, element] of texts()) {
      if (element.closest(".md-header__title")) continue;
      const range = document.createRange();
      range.selectNodeContents(element);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      for (let box = element; box; box = box.parentElement) {
        const { overflowX, overflowY, position } = getComputedStyle(box);
        const edges = box === document.documentElement ? { left: 0, right: innerWidth } : box.getBoundingClientRect();
        const [across, down] = [/hidden|clip/.test(overflowX), /hidden|clip/.test(overflowY)];
        if ((across || !box.parentElement) && (left < edges.left - 1 || right > edges.right + 1)) found.add(text.slice(0, 60));
        if (down && (top < edges.top - 1 || bottom > edges.bottom + 1)) found.add(text.slice(0, 60));
        if (/auto|scroll/.test(overflowX) || position === "fixed") break;
      }
    }
    if (document.documentElement.scrollWidth > innerWidth) found.add(`the page: ${document.documentElement.scrollWidth}`);
    return [...found];
  };

  // The icons, drawn as masks in ::before or ::after, that hardly contrast with their background.
  const faintIcons = () => {
    const found = [];
    for (const element of document.querySelectorAll("body *")) {
      for (const pseudo of ["::before", "::after"]) {
        const style = getComputedStyle(element, pseudo);
        if (style.content === "none" || style.maskImage === "none" || style.display === "none" || !visible(element)) continue;
        const below = paper(element);
        const value = contrast(over(rgba(style.backgroundColor), below, style.opacity), below);
        if (value < 3) found.push(`${value.toFixed(2)} ${name(element)} ${pseudo}`);
      }
    }
    return [...new Set(found)];
  };

  // The elements that would move although the reader prefers reduced motion.
  const moving = () => {
    const still = (style) =>
      /^(0s(, )?)+$/.test(style.transitionDuration) && style.animationName === "none" && style.scrollBehavior === "auto";
    return [...document.querySelectorAll("*")]
      .filter((element) => ["", "::before", "::after"].some((pseudo) => !still(getComputedStyle(element, pseudo || null))))
      .map(name);
  };

  return { texts, unreadable, clipped, faintIcons, moving, watchFocus };
})();

// What the search shows of a page comes from pages.js: a page opened from a disk may fetch nothing.
(() => {
  const pages = window.dgekgPages || {};
  const before = window.fetch;
  window.fetch = (address, ...rest) => {
    const name = String(address).replace(/^(\.{1,2}\/)+/, "").replace(/\.html$/, "");
    if (!Object.hasOwn(pages, name)) return before(address, ...rest);
    return Promise.resolve(new Response(`<main role="main">${pages[name]}</main>`));
  };
})();

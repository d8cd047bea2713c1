// Runs at the end of either side. All within a function: the desktop keeps one page for all cards, so a `const` at the
// top would fail on the second one. Without scripts the card works too; its choices then stand in the order of the source.
(function () {
  "use strict";

  // Days since 1970 on the learner's clock. A day begins at 04:00, as Anki's does.
  function today() {
    const now = new Date();
    now.setHours(now.getHours() - 4);
    return Math.floor(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) / 86400000);
  }

  // FNV-1a with the finish of MurmurHash3: without that, texts that differ in their last letter only would keep their order.
  function hash(text) {
    let h = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  }

  // The order depends on note and day alone: the back, which may be a page of its own, comes to the same one.
  function shuffle(list, key) {
    Array.from(list.children)
      .map((choice, index) => ({ choice, index, rank: hash(key + "/" + index) }))
      .sort((a, b) => a.rank - b.rank || a.index - b.index)
      .forEach(({ choice }) => list.appendChild(choice));
  }

  for (const card of document.querySelectorAll(".redraw")) {
    // Some apps run the script anew on the same page: what is shuffled stays.
    for (const list of card.querySelectorAll(".choices:not([data-day])")) {
      list.dataset.day = today();
      shuffle(list, card.dataset.guid + "/" + list.dataset.day);
    }
  }
})();

// Runs at the end of either side. All within a function: the desktop keeps one page for all cards, so a `const` at the
// top would fail on the second one. Without scripts the card works too: with its first variant, and its choices in the order
// of the source.
(function () {
  "use strict";

<!-- include core.js -->

  const PLACES = { question: ".question", hint: ".hint > div", answer: ".answer", details: ".more > div" };
  const day = dayOf(new Date());

  // The desktop keeps its page; other apps load one a side, and then there may be storage, or it may be refused.
  const kept = Boolean(window.redrawMemory);
  const memory = sane(window.redrawMemory || read());
  const stored = save();

  function read() {
    try {
      return JSON.parse(window.localStorage.getItem("redraw"));
    } catch (refused) {
      return null;
    }
  }

  function save() {
    window.redrawMemory = memory;
    try {
      window.localStorage.setItem("redraw", JSON.stringify(memory));
      return true;
    } catch (refused) {
      return false;
    }
  }

  // The order depends on note and day alone: the back, which may be a page of its own, comes to the same one.
  function shuffle(list, key) {
    Array.from(list.children)
      .map((choice, index) => ({ choice, index, rank: hash(key + "/" + index) }))
      .sort((a, b) => a.rank - b.rank || a.index - b.index)
      .forEach(({ choice }) => list.appendChild(choice));
  }

  // MathJax typesets what stands on the page once the card's scripts ran; what comes later we ask for.
  let queue = Promise.resolve();
  function typeset(element) {
    const maths = window.MathJax;
    if (!maths || !/\\[([]/.test(element.textContent)) return;
    if (maths.typesetPromise) queue = queue.then(() => maths.typesetPromise([element])).catch(() => undefined);
    else if (maths.Hub) maths.Hub.Queue(["Typeset", maths.Hub, element]);
  }

  function put(element, html) {
    if (window.MathJax && window.MathJax.typesetClear) window.MathJax.typesetClear([element]);
    element.innerHTML = html; // unlike nodes of a template, scripts that came in this way do not run
  }

  function part(variant, name) {
    return variant.content.querySelector('[data-part="' + name + '"]');
  }

  // A learner who edits a visible field wants to see that. The raw fields stand beside the pool, on the front too, so that both
  // sides come to the same view, whatever the app has made of the visible ones.
  function edited(card) {
    const raw = card.article.querySelector("template.fields");
    const look = (element) => (element ? element.textContent.replace(/\s+/g, " ").trim() + element.querySelectorAll("img").length : "0");
    return Object.keys(PLACES).some((name) => look(part(raw, name)) !== look(part(card.variants[0], name)));
  }

  // Shows a variant; what it has not is as in the first one.
  function draw(card, again) {
    card.index = choose(card.guid, card.showing.day, card.showing.showing, card.variants.length);
    card.variant = card.variants[card.index];
    card.data = JSON.parse(card.variant.dataset.check);
    card.article.dataset.variant = card.index;
    for (const name of Object.keys(PLACES)) {
      const place = card.article.querySelector(PLACES[name]);
      const shown = part(card.variant, name) || part(card.variants[0], name);
      if (!place || !shown || (!again && card.index === 0)) continue;
      put(place, shown.innerHTML);
      if (again) typeset(place);
    }
    const { seed, number } = card.variant.dataset;
    fill(card.article, { seed, number, size: card.variants.length });
  }

  function fill(element, slots) {
    for (const name of Object.keys(slots)) {
      for (const slot of element.querySelectorAll('[data-slot="' + name + '"]')) slot.textContent = slots[name];
    }
  }

  function show(element) {
    if (element) element.hidden = false;
  }

  // Says what it thinks of the typed answers.
  function tell(card, result) {
    const panel = card.article.querySelector(".verdict");
    panel.dataset.state = result.verdict;
    for (const line of panel.querySelectorAll("[data-verdict]")) line.hidden = line.dataset.verdict !== result.verdict;
    const slip = panel.querySelector(".slip");
    slip.hidden = result.mistake < 0;
    panel.hidden = false;
    if (slip.hidden) return;
    const sentence = slip.querySelector(".sentence");
    put(sentence, card.variant.content.querySelector('[data-mistake="' + result.mistake + '"]').innerHTML);
    typeset(sentence);
  }

  // Turns the card over, where the app lets a page do that: on the desktop, in AnkiDroid, on AnkiWeb.
  function flip() {
    if (typeof window.pycmd === "function") window.pycmd("ans");
    else if (typeof window.showAnswer === "function") window.showAnswer();
    else if (window.study && typeof window.study.drawAnswer === "function") window.study.drawAnswer();
  }

  // The fields on the front. None takes the focus by itself: who works on paper flips as always.
  function ask(card) {
    const box = card.article.querySelector(".try");
    const list = box.querySelector(".entries");
    const inputs = card.data.checks.map((check) => {
      const entry = list.appendChild(box.querySelector("template").content.cloneNode(true).firstElementChild);
      if (card.data.checks.length > 1) entry.querySelector(".name").textContent = check.label;
      entry.querySelector(".unit").textContent = check.unit;
      return entry.querySelector("input");
    });
    let current = inputs[0];
    let checked = null;

    const texts = () => inputs.map((input) => input.value);
    const forget = () => {
      checked = null;
      box.querySelector(".verdict").hidden = true;
      inputs.forEach((input) => input.closest(".entry").removeAttribute("data-state"));
      card.showing.typed = texts();
      save();
    };
    const check = () => {
      const result = judge(card.data, texts());
      checked = texts().join("\n");
      tell(card, result);
      if (inputs.length > 1) inputs.forEach((input, i) => input.closest(".entry").setAttribute("data-state", result.fields[i]));
    };

    for (const input of inputs) {
      input.addEventListener("focus", () => (current = input));
      input.addEventListener("input", forget);
      // What is typed here is not meant for the app's own keys, which rate and flip.
      for (const kind of ["keydown", "keypress", "keyup"]) input.addEventListener(kind, (event) => event.stopPropagation());
      input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        if (checked === texts().join("\n")) flip();
        else check();
      });
    }
    for (const button of box.querySelectorAll("button")) {
      button.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays where it is
    }
    for (const key of box.querySelectorAll("[data-key]")) {
      key.hidden = card.data.checks.every((one) => one.kind === "word");
      key.addEventListener("click", () => {
        current.focus();
        current.setRangeText(key.dataset.key, current.selectionStart, current.selectionEnd, "end");
        forget();
      });
    }
    inputs.forEach((input, i) => (input.value = card.showing.typed[i] || "")); // drawn anew, it keeps what was typed
    box.querySelector(".check").addEventListener("click", check);
    box.querySelector(".typing").hidden = !inputs.length;

    const another = box.querySelector(".another");
    // Where neither page nor storage lasts, the back could not know of it.
    another.hidden = card.variants.length < 2 || !(kept || stored);
    another.addEventListener("click", () => {
      if (!window.MathJax && /\\[([]/.test(card.variants.map((variant) => variant.innerHTML).join(""))) return;
      card.showing = next(memory, card.guid, day);
      for (const input of inputs) input.value = "";
      for (const fold of card.article.querySelectorAll(".hint")) fold.open = false;
      draw(card, true);
      forget();
    });
    show(box);
  }

  // The back: what was typed, what counts as right, and which numbers these are.
  function tellBack(card) {
    const { article, showing } = card;
    const sure = memory.last === showing;
    // In the morning the front may have had the numbers of the day before.
    if (!sure && new Date().getHours() >= 4 && new Date().getHours() < 10) show(article.querySelector(".changed"));
    const result = judge(card.data, showing.typed);
    if (showing.typed.some((text) => text.trim())) {
      fill(article, { typed: showing.typed.map((text) => text.trim() || "–").join("; ") });
      tell(card, result);
    }
    const interval = part(card.variant, "interval") || part(card.variants[0], "interval");
    if (interval) {
      put(article.querySelector('[data-slot="interval"]'), interval.innerHTML);
      show(article.querySelector(".interval"));
    }
    if (card.data.checks.length) show(article.querySelector(".rate"));
    show(article.querySelector(".seed"));
  }

  function start(article) {
    const front = article.classList.contains("front");
    const guid = String(article.dataset.guid);
    const lists = article.querySelectorAll(".choices");
    const variants = Array.from(article.querySelectorAll(".pool > template.variant"));
    const showing = front && lists.length + variants.length ? remember(memory, guid, day) : recall(memory, guid, day);
    article.dataset.day = showing.day;
    for (const list of lists) {
      list.dataset.day = showing.day;
      shuffle(list, guid + "/" + showing.day);
    }
    const card = { article, guid, variants, showing };
    if (!variants.length) return;
    if (edited(card)) {
      show(article.querySelector(".edited"));
      return;
    }
    const typesetAlready = article.querySelector("mjx-container, .MathJax");
    draw(card, false);
    if (front) ask(card);
    else tellBack(card);
    if (typesetAlready) typeset(article);
  }

  // Some apps run the script anew on the same page: what was started stays.
  for (const article of document.querySelectorAll(".redraw:not([data-day])")) start(article);
  save();
})();

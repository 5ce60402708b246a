/* Suggestions while typing: each field of the search box becomes a combobox with a list of options
   in groups (ARIA 1.2; APG "editable combobox with list autocomplete, manual selection").

   What was typed goes to this site alone, without cookies, and is kept nowhere. Without this
   script, or where an answer fails, the fields are what they were. */
const WAIT = 120; // milliseconds without a key before asking
const LEAST = 2; // letters
const LONGEST = 100;
/* On a phone every word is "composed" until it ends; elsewhere that is an input method at work. */
const TOUCH = matchMedia("(pointer: coarse)").matches;

let pressed = false;
for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
  addEventListener(type, () => (pressed = type === "pointerdown"), true);
}

const make = (tag, attributes, ...content) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...content);
  return element;
};

const improve = (input, { address, style, status }) => {
  const { form, id, name } = input;
  const near = form.elements.namedItem("near");
  const labelOf = (field) => field.labels[0].textContent;
  const list = make("div", { role: "listbox", id: `${id}-list`, "aria-label": labelOf(input) });
  list.hidden = true;
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let options = [];
  let at = -1; // the option that Enter takes
  let timer, asked;

  const point = (to) => {
    options[at]?.element.setAttribute("aria-selected", "false");
    at = to;
    const option = options[at]?.element;
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const open = (yes) => {
    point(-1);
    list.hidden = !yes;
    input.setAttribute("aria-expanded", yes);
  };

  const askNoMore = () => {
    clearTimeout(timer);
    asked?.abort();
  };

  const close = () => {
    askNoMore();
    status.textContent = "";
    if (!list.hidden) open(false);
  };

  const choose = ({ url, put, near: where }) => {
    close();
    if (url) return location.assign(url);
    input.value = put;
    if (where) {
      near.value = where;
      status.textContent = `${labelOf(near)} ${where}`;
    }
  };

  const drawOption = (option) => {
    const { text, lang, detail, detailLang } = option;
    const element = make(
      "div",
      { role: "option", id: `${id}-${options.length}`, "aria-selected": "false" },
      make("span", { lang }, text),
    );
    if (detail) element.append(" ", make("small", { lang: detailLang }, detail));
    element.addEventListener("click", () => choose(option));
    options.push({ ...option, element });
    return element;
  };

  const draw = (groups) => {
    point(-1);
    options = [];
    const drawn = groups.map(({ label, options: few }, i) => {
      const title = make("div", { role: "presentation", id: `${list.id}-${i}` }, label);
      const group = make("div", { role: "group", "aria-labelledby": title.id }, title);
      group.append(...few.map(drawOption));
      return group;
    });
    list.replaceChildren(...drawn);
  };

  /* `first`: the option to point at once they are there, -1 for the last. */
  const ask = async (first) => {
    askNoMore();
    const text = input.value.slice(0, LONGEST);
    asked = new AbortController();
    const { signal } = asked;
    try {
      const answer = await fetch(`${address}?${new URLSearchParams({ field: name, text })}`, {
        signal,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "same-origin",
      });
      const { groups, said } = await answer.json();
      await style();
      if (signal.aborted) return;
      draw(groups);
      const opening = list.hidden && options.length;
      open(options.length > 0);
      /* The keyboard of a phone hides half the page: the field goes up to the top. */
      if (opening && TOUCH) input.labels[0].scrollIntoView();
      status.textContent = options.length ? said : "";
      if (first !== undefined) point(first < 0 ? options.length - 1 : first);
    } catch {
      if (!signal.aborted) close(); // what was typed can be searched all the same
    }
  };

  const isEnough = () => input.value.trim().length >= LEAST;

  const typed = ({ isComposing }) => {
    if (isComposing && !TOUCH) return;
    askNoMore();
    point(-1);
    if (isEnough()) timer = setTimeout(ask, WAIT);
    else close();
  };

  /* Whoever moves in the list keeps it: what is still asked for would take their place away. */
  const step = (to) => {
    askNoMore();
    point(to);
  };

  const keys = {
    ArrowDown(shown, alt) {
      if (!shown) {
        if (isEnough()) ask(alt ? undefined : 0);
      } else if (!alt) step(at + 1 < options.length ? at + 1 : 0);
      return true;
    },
    ArrowUp(shown, alt) {
      if (alt) close();
      else if (!shown) {
        if (isEnough()) ask(-1);
      } else step(at > 0 ? at - 1 : options.length - 1);
      return true;
    },
    Enter(shown) {
      if (!shown || at < 0) return false;
      choose(options[at]);
      return true;
    },
    Escape(shown) {
      close();
      return shown;
    },
    /* These move in the text, and there is none of an option. */
    Home: () => point(-1),
    End: () => point(-1),
    ArrowLeft: () => point(-1),
    ArrowRight: () => point(-1),
  };

  input.addEventListener("input", typed);
  input.addEventListener("compositionend", () => typed({}));
  input.addEventListener("keydown", (event) => {
    const { key, altKey, ctrlKey, metaKey, isComposing } = event;
    if (isComposing || ctrlKey || metaKey) return;
    if (keys[key]?.(!list.hidden, altKey)) event.preventDefault();
  });
  input.addEventListener("focus", style);
  input.addEventListener("blur", () => {
    askNoMore();
    /* What stands below moves up then: not before the click that brought it about has landed. */
    const closeSoon = () => setTimeout(close);
    if (pressed) addEventListener("pointerup", closeSoon, { once: true });
    else closeSoon();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  addEventListener("pagehide", close);
};

for (const form of document.querySelectorAll("[data-suggest]")) {
  const { suggest: address, suggestStyle: href } = form.dataset;
  let loaded;
  const style = () =>
    (loaded ??= new Promise((done) => {
      const link = make("link", { rel: "stylesheet", href });
      link.addEventListener("load", done);
      link.addEventListener("error", done);
      document.head.append(link);
    }));
  const status = make("p", { role: "status", class: "hush" });
  form.append(status);
  for (const name of ["q", "near"]) {
    improve(form.elements.namedItem(name), { address, style, status });
  }
}

/* Saves a form while somebody writes in it, a few seconds after the last key. The form works
   without: it has a button. What happened is said in [data-said]; a number or mark that the server
   gives back goes into the hidden field of its name, so that the next save is not taken for an old
   one.

   What nobody took is not lost: it stays in the form, the form does not go out before it is taken,
   and the tab asks before it closes. It is tried again, also once somebody has signed in elsewhere. */
const WAIT_MS = 4000; // after the last key
const AT_MOST_MS = 20000; // however long somebody goes on writing
const AGAIN_MS = 10000; // after nothing answered
// A file goes with the form alone: it would be sent again with every few words. So does what is said
// of one that is still to be sent.
const BY_BUTTON = "[type=file], [data-by-button] [name]";

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const said = form.querySelector("[data-said]");
  const signIn = form.querySelector("[data-sign-in]");
  const texts = said.dataset;
  let timer = 0;
  let written = 0; // how often something was
  let since = 0; // when what is not saved was begun; 0 where all is saved
  let refused = false;
  let saving = null;
  let asked = false; // a button was pressed, and waits for the save
  let goes = false; // the form itself is on its way

  const say = (text, { bad = false, signedOut = false } = {}) => {
    refused = bad;
    said.textContent = text;
    said.parentElement.toggleAttribute("data-bad", bad);
    signIn.hidden = !signedOut;
  };

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  /* Whether somebody took it, or says in a page of its own why not. One at a time. */
  const save = () => {
    clearTimeout(timer);
    saving ??= send().finally(() => (saving = null));
    return saving;
  };

  const send = async () => {
    const at = written;
    let response, answer;
    try {
      response = await fetch(form.action, {
        method: "POST",
        body: data(),
        headers: { Accept: "application/json" },
        redirect: "manual", // to the page for signing in
        keepalive: document.hidden,
      });
      if (response.type !== "opaqueredirect" && response.status < 500) {
        answer = isJson(response) && (await response.json());
      }
    } catch {
      response = null;
    }
    if (!response || response.status >= 500) {
      say(texts.unreached, { bad: true });
      later(AGAIN_MS);
      return false;
    }
    if (!answer) {
      const gone = response.status === 404;
      say(gone ? texts.gone : texts.signedOut, { bad: true, signedOut: !gone });
      return false;
    }
    for (const name of ["revision", "was"]) {
      if (name in answer) form.elements.namedItem(name).value = answer[name];
    }
    if (at !== written) {
      since = Date.now();
      later(WAIT_MS);
    } else if (response.ok) since = 0;
    say(at === written || !response.ok ? answer.said : "", { bad: !response.ok });
    return true;
  };

  const data = () => {
    // Whoever has signed in again since the page was opened has another token.
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
    if (token) form.elements.namedItem("csrfmiddlewaretoken").value = token;
    const all = new FormData(form);
    for (const field of form.querySelectorAll(BY_BUTTON)) all.delete(field.name);
    all.set("autosave", "1");
    return all;
  };

  const isJson = (response) =>
    (response.headers.get("Content-Type") ?? "").startsWith("application/json");

  form.addEventListener("input", (event) => {
    if (event.target.matches(BY_BUTTON)) return;
    written += 1;
    since ||= Date.now();
    if (!refused) say("");
    later(Math.min(WAIT_MS, Math.max(0, since + AT_MOST_MS - Date.now())));
  });

  form.addEventListener("submit", async (event) => {
    if (goes || (!since && !saving)) return;
    event.preventDefault();
    if (asked) return;
    asked = true;
    await saving;
    if (!since || (await save())) {
      goes = true;
      form.requestSubmit(event.submitter);
    }
    asked = false;
  });

  const tryAgain = () => {
    if (since) save();
  };
  document.addEventListener("visibilitychange", tryAgain);
  addEventListener("online", tryAgain);
  addEventListener("focus", () => refused && tryAgain());
  addEventListener("pageshow", () => (goes = false));
  addEventListener("beforeunload", (event) => {
    // Leaving quickly has blanked the page: then nothing stands in the way.
    if (since && refused && !goes && !document.documentElement.hidden) event.preventDefault();
  });
}

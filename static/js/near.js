/* "Use my location": asks the browser, rounds to two decimals (about 1 km) on the device, fills
   the place field and submits. The button stays hidden where the browser cannot do it. */
const DECIMALS = 2;

for (const button of document.querySelectorAll("[data-locate]")) {
  if (!("geolocation" in navigator) || !isSecureContext) continue;
  const form = button.closest("form");
  const near = form.elements.namedItem("near");
  const said = form.querySelector("[data-said]");
  button.hidden = false;

  const found = ({ coords }) => {
    near.value = [coords.latitude, coords.longitude].map((n) => n.toFixed(DECIMALS)).join(",");
    form.requestSubmit();
  };
  const failed = (error) => {
    button.disabled = false;
    said.textContent =
      error.code === error.PERMISSION_DENIED ? button.dataset.denied : button.dataset.failed;
    near.focus();
  };
  button.addEventListener("click", () => {
    button.disabled = true;
    said.textContent = button.dataset.asking;
    navigator.geolocation.getCurrentPosition(found, failed, { timeout: 10000, maximumAge: 600000 });
  });
  addEventListener("pageshow", () => {
    button.disabled = false;
    said.textContent = "";
  });
}

/* Browsers that cannot unfold a closed <details> by style get it opened where there is room. */
if (!CSS.supports("selector(::details-content)") && matchMedia("(min-width: 56rem)").matches) {
  for (const filters of document.querySelectorAll("details.filters")) filters.open = true;
}

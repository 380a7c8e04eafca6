"use strict";
(() => {
  const places = [...document.querySelectorAll("details.place")];
  const area = document.getElementById("area"), year = document.getElementById("year"), all = document.getElementById("show-all");
  const radios = [...document.querySelectorAll("input[name=language]")];
  const language = () => radios.find((radio) => radio.checked).value;
  const areaOf = (place) => `${place.dataset.code}/${place.dataset.areaEn}`;
  const title = document.title.split(" · ");
  let shown = places.find((place) => place.open) || places[0];

  const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });
  const fill = () => {
    const key = language() === "vi" ? "areaVi" : "areaEn";
    const names = new Map(places.map((place) => [areaOf(place), place.dataset[key]]));
    area.replaceChildren(...[...names].sort((a, b) => a[1].localeCompare(b[1], language())).map(([value, text]) => option(value, text)));
    area.value = areaOf(shown);
    year.replaceChildren(...places.filter((place) => areaOf(place) === area.value).map((place) => option(place.id, place.dataset.year)));
    year.value = shown.id;
  };
  const show = (place) => {
    shown = place;
    const everything = all.getAttribute("aria-pressed") === "true";
    for (const other of places) other.hidden = !everything && other !== place;
    place.open = true;
    fill();
  };
  const speak = () => {
    document.documentElement.lang = language();
    document.title = title[language() === "vi" ? 1 : 0];
    fill();
  };
  const follow = () => {
    const [first, rest] = decodeURIComponent(location.hash.slice(1)).split("/");
    const wanted = radios.find((radio) => radio.value === first);
    if (wanted) { wanted.checked = true; speak(); }
    const place = places.find((other) => other.id === (wanted ? rest : first));
    if (place) show(place);
  };
  const remember = () => history.replaceState(null, "", `#${language()}/${shown.id}`);

  if (!places.length) return;
  document.getElementById("picker").hidden = false;
  document.querySelector(".without-script").hidden = true;
  if ((navigator.language || "").startsWith("vi")) radios.find((radio) => radio.value === "vi").checked = true;
  speak();
  show(shown);
  follow();
  for (const radio of radios) radio.addEventListener("change", () => { speak(); remember(); });
  area.addEventListener("change", () => { show(places.find((place) => areaOf(place) === area.value)); remember(); });
  year.addEventListener("change", () => { show(places.find((place) => place.id === year.value)); remember(); });
  all.addEventListener("click", () => { all.setAttribute("aria-pressed", all.getAttribute("aria-pressed") !== "true"); show(shown); });
  addEventListener("hashchange", follow);
})();

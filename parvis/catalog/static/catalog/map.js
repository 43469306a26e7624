// The interactive map: contours and values come from this site, nothing from elsewhere. Where it cannot be drawn, the page says so;
// the picture and the table under it say the same.
const section = document.getElementById("carte-interactive");
const words = section.dataset;
const canvas = section.querySelector(".canvas");
const said = section.querySelector(".said");
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const MISSING = -1;

const refuse = (error) => {
  section.hidden = true;
  document.getElementById("carte-refusee").hidden = false;
  if (error) console.warn(error);
};

const read = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
};

// A contour is an SVG path in steps of a Mercator grid (`territories/core/topology.py`); a ring inside another one is its hole.
const rings = (path, degrees) => path.split("z").filter(Boolean).map((part) => {
  const steps = part.match(/-?\d+/g).map(Number);
  let [x, y] = steps;
  const ring = [degrees(x, y)];
  for (let at = 2; at < steps.length; at += 2) { x += steps[at]; y += steps[at + 1]; ring.push(degrees(x, y)); }
  ring.push(ring[0]);
  return ring;
});
const area = (ring) => Math.abs(ring.slice(1).reduce((sum, [x, y], at) => sum + (x - ring[at][0]) * (y + ring[at][1]), 0));
const inside = ([x, y], ring) => ring.slice(1).reduce((odd, [bx, by], at) => {
  const [ax, ay] = ring[at];
  return (ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax ? !odd : odd;
}, false);
const polygons = (found) => {
  if (found.length === 1) return [found];
  const outer = [];
  for (const ring of found.sort((a, b) => area(b) - area(a))) {
    const around = outer.find((polygon) => inside(ring[0], polygon[0]));
    if (around) around.push(ring); else outer.push([ring]);
  }
  return outer;
};
const geography = ({ areas, metres, radius }, shown) => {
  const turn = (180 / Math.PI) * (metres / radius);
  const degrees = (x, y) => [x * turn, (360 / Math.PI) * Math.atan(Math.exp((-y * metres) / radius)) - 90];
  return areas.filter(([code]) => !shown || shown[code]).map(([code, name, path]) => {
    const [place, value] = shown?.[code] ?? [MISSING, ""];
    return {
      type: "Feature",
      properties: { code, name, place: place ?? MISSING, value },
      geometry: { type: "MultiPolygon", coordinates: polygons(rings(path, degrees)) },
    };
  });
};
const boxOf = (features) => {
  const box = [180, 90, -180, -90];
  const grow = ([x, y]) => { box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y); };
  for (const feature of features) for (const polygon of feature.geometry.coordinates) polygon[0].forEach(grow);
  return box;
};

const hatch = ([paper, line]) => {
  const size = 8, drawing = document.createElement("canvas").getContext("2d");
  drawing.canvas.width = drawing.canvas.height = size;
  for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) {
    drawing.fillStyle = (x + y) % size < 2 ? line : paper;
    drawing.fillRect(x, y, 1, 1);
  }
  return drawing.getImageData(0, 0, size, size);
};

const styleOf = (values, scheme, features) => {
  const filled = ["match", ["get", "place"], ...scheme.classes.flatMap((colour, place) => [place, colour]), scheme.line];
  const points = (values.points ?? []).map(([latitude, longitude, name]) => ({
    type: "Feature", properties: { name }, geometry: { type: "Point", coordinates: [longitude, latitude] },
  }));
  const source = (data) => ({ type: "geojson", data: { type: "FeatureCollection", features: data } });
  return {
    version: 8,
    sources: { areas: { ...source(features), tolerance: 0.2 }, points: source(points) },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": scheme.paper } },
      { id: "areas", type: "fill", source: "areas", paint: { "fill-color": scheme.classes.length ? filled : scheme.line, "fill-antialias": false } },
      ...(values.areas ? [{ id: "missing", type: "fill", source: "areas", filter: ["==", ["get", "place"], MISSING], paint: { "fill-pattern": "hatch" } }] : []),
      { id: "borders", type: "line", source: "areas", paint: { "line-color": scheme.paper, "line-width": ["interpolate", ["linear"], ["zoom"], 6, 0.2, 10, 1.5] } },
      { id: "here", type: "line", source: "areas", filter: ["==", ["get", "code"], ""], paint: { "line-color": scheme.ink, "line-width": 2.5 } },
      { id: "points", type: "circle", source: "points", paint: { "circle-color": scheme.hue, "circle-opacity": 0.8, "circle-radius": ["interpolate", ["linear"], ["zoom"], 6, 3, 12, 7], "circle-stroke-color": scheme.paper, "circle-stroke-width": 1 } },
    ],
  };
};

const start = async () => {
  if (!document.createElement("canvas").getContext("webgl2")) return refuse();
  const [library, values] = await Promise.all([import(words.library), read(words.values)]);
  const features = geography(await read(values.contours), values.areas);
  const scheme = () => values.schemes[dark.matches ? "dark" : "light"];
  library.setWorkerUrl(new URL(words.worker, location.href).href);
  section.hidden = false;
  said.textContent = words.help;
  const [west, south, east, north] = boxOf(features);
  const map = new library.Map({
    container: canvas,
    style: styleOf(values, scheme(), features),
    bounds: [[west, south], [east, north]],
    fitBoundsOptions: { padding: 16 },
    maxBounds: [[west - 3, south - 3], [east + 3, north + 3]],
    maxZoom: 14,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: false,
    locale: { "NavigationControl.ZoomIn": words.zoomIn, "NavigationControl.ZoomOut": words.zoomOut, "Map.Title": words.map },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.scrollZoom.disable(); // the wheel moves the page; buttons, keys and two fingers move the map
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.on("style.load", () => { if (!map.hasImage("hatch")) map.addImage("hatch", hatch(scheme().missing)); });
  dark.addEventListener("change", () => map.setStyle(styleOf(values, scheme(), features), { diff: false }));

  const say = (found) => {
    if (!found) return;
    const { code, name, value } = found.properties;
    said.textContent = code === undefined ? name : values.areas ? `${name} : ${value || words.missing}` : name;
    if (code !== undefined) map.setFilter("here", ["==", ["get", "code"], code]);
  };
  const at = (point) => {
    const around = [[point.x - 5, point.y - 5], [point.x + 5, point.y + 5]];
    return map.queryRenderedFeatures(around, { layers: ["points"] })[0] ?? map.queryRenderedFeatures(point, { layers: ["areas"] })[0];
  };
  map.on("mousemove", ({ point }) => say(at(point)));
  map.on("click", ({ point }) => say(at(point)));
  // With the keyboard, what is at the centre is what is looked at.
  map.on("moveend", () => { if (document.activeElement === map.getCanvas()) say(at(map.project(map.getCenter()))); });

  const names = new Map(features.map((feature) => [feature.properties.name, feature]));
  document.getElementById("lieux").append(...[...names.keys()].sort((a, b) => a.localeCompare(b, "fr")).map((name) => new Option(name)));
  document.getElementById("aller").addEventListener("change", ({ target }) => {
    const found = names.get(target.value.trim());
    if (!found) return;
    const [left, bottom, right, top] = boxOf([found]);
    map.fitBounds([[left, bottom], [right, top]], { padding: 60, maxZoom: 11, animate: !still });
    say(found);
  });
  map.once("idle", () => { section.dataset.drawn = "yes"; });
};

start().catch(refuse);

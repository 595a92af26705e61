// Photos in place of initials, of those people alone whose photo this reader may see: asked for once for each person. Without a script initials stay.
const FACES = ".avatar[data-person], .post[data-author] > .post-head > .avatar";
const MOST = 100;
const SOON_MS = 30;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const known = new Map();
const waiting = new Set();
let timer = 0;

const whose = (face) => face.dataset.person ?? face.closest("[data-author]").dataset.author;

function show(face, id) {
  if (face.querySelector("img")) return;
  const image = document.createElement("img");
  image.src = `/people/${id}/photo/${face.classList.contains("is-large") ? 400 : 96}`;
  image.alt = "";
  image.loading = "lazy";
  image.dataset.kept = "";
  image.addEventListener("error", () => image.remove());
  face.append(image);
}

function dress(root) {
  const faces = [...root.querySelectorAll(FACES)];
  if (root.matches(FACES)) faces.push(root);
  for (const face of faces) {
    const id = whose(face);
    if (!ID.test(id ?? "")) continue;
    if (known.get(id)) show(face, id);
    else if (!known.has(id)) waiting.add(id);
  }
  if (waiting.size && !timer) timer = setTimeout(ask, SOON_MS);
}

async function ask() {
  timer = 0;
  const ids = [...waiting].slice(0, MOST);
  for (const id of ids) {
    waiting.delete(id);
    known.set(id, false);
  }
  try {
    const answer = await fetch(`/people/photos?${new URLSearchParams(ids.map((id) => ["id", id]))}`);
    if (!answer.ok) return;
    for (const id of (await answer.json()).ids) known.set(id, true);
  } catch {
    for (const id of ids) known.delete(id); // the connection is lost: whoever comes next is asked about again
    return;
  }
  dress(document.body);
}

if (document.querySelector("[data-bell]")) {
  dress(document.body);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) dress(node);
  }).observe(document.body, { childList: true, subtree: true });
}

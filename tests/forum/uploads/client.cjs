// A real tus client, driven by a test: sends one file, as it is told on the command line, and prints where it went.
"use strict";

const fs = require("node:fs");
const tus = require("tus-js-client");

const { endpoint, token, file, network, chunkSize, breakAt, checkpoint } = JSON.parse(process.argv[2]);

function begin(uploadUrl, whenDone) {
  let isBroken = false;
  const upload = new tus.Upload(fs.createReadStream(file), {
    endpoint,
    uploadUrl,
    chunkSize: chunkSize ?? Infinity,
    uploadSize: fs.statSync(file).size,
    retryDelays: [0, 200, 1000],
    headers: { Authorization: `Bearer ${token}` },
    metadata: { filename: "Sent by Node.pdf", network },
    onError(error) {
      console.error(String(error));
      process.exit(1);
    },
    onProgress(sent) {
      if (breakAt && !uploadUrl && !isBroken && sent >= breakAt) {
        isBroken = true;
        upload.abort().then(() => {
          fs.writeFileSync(checkpoint, upload.url);
          setTimeout(() => begin(upload.url, whenDone), 100);
        });
      }
    },
    onSuccess() {
      whenDone(upload.url);
    },
  });
  upload.start();
}

begin(null, (url) => console.log(url));

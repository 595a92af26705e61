// socket.io as its documentation sets it up, for websockets alone. POST sends its body to everybody.
const { createServer } = require("http");
const { Server } = require("socket.io");

const http = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    sockets.emit("event", Buffer.concat(parts).toString());
    response.writeHead(200, { "Content-Length": "0" });
    response.end();
  });
});
const sockets = new Server(http, { transports: ["websocket"], perMessageDeflate: false });
http.keepAliveTimeout = 3_600_000;
http.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });

"""Messages of RFC 6455 from and to bytes, by the parser of `websockets`, with nothing kept between two messages.

The library's `ServerProtocol` would take 5.4 KiB: more than all the rest of an idle connection.
"""

from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import Close, Frame, Opcode
from websockets.streams import StreamReader

_CONTROL = (Opcode.PING, Opcode.PONG, Opcode.CLOSE)


class Broken(Exception):
    """What came is no message of the protocol; `code` is the one to close with."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def encode(opcode: Opcode, data: bytes) -> bytes:
    """One whole message to a client."""
    return Frame(opcode, data).serialize(mask=False)


def encode_close(code: int, reason: str) -> bytes:
    """The message that closes."""
    return encode(Opcode.CLOSE, Close(code, reason).serialize())


class Inbox:
    """Puts messages together from what arrives. Holds only what is not complete yet."""

    __slots__ = ("_kind", "_most_bytes", "_parts", "_rest")

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._rest = b""
        self._kind: Opcode | None = None
        self._parts = b""

    def feed(self, data: bytes) -> list[tuple[Opcode, bytes]]:
        """The messages that are complete now: texts, bytes, pings, pongs and closes. Raises Broken."""
        arrived = self._rest + data
        reader = StreamReader()
        reader.feed_data(arrived)
        messages: list[tuple[Opcode, bytes]] = []
        while True:
            begun = len(arrived) - len(reader.buffer)
            parsing = Frame.parse(reader.read_exact, mask=True, max_size=self._most_bytes)
            try:
                next(parsing)
            except StopIteration as parsed:
                message = self._put(parsed.value)
                if message is not None:
                    messages.append(message)
            except PayloadTooBig:
                raise Broken(1009) from None
            except ProtocolError:
                raise Broken(1002) from None
            else:
                parsing.close()
                self._rest = arrived[begun:]
                return messages

    def _put(self, frame: Frame) -> tuple[Opcode, bytes] | None:
        if frame.opcode in _CONTROL:
            return frame.opcode, bytes(frame.data)
        if (frame.opcode is Opcode.CONT) != (self._kind is not None):
            raise Broken(1002)
        if len(self._parts) + len(frame.data) > self._most_bytes:
            raise Broken(1009)
        kind = self._kind or frame.opcode
        parts = self._parts + bytes(frame.data) if self._parts else bytes(frame.data)
        self._kind, self._parts = (None, b"") if frame.fin else (kind, parts)
        return (kind, parts) if frame.fin else None


def read_close(data: bytes) -> int:
    """The code with which the client closes, to be sent back. Raises Broken for one that it may not send."""
    try:
        return Close.parse(data).code
    except (ProtocolError, UnicodeDecodeError):
        raise Broken(1002) from None

"""Every bound and every time of the socket, in one place. Tests make them smaller."""

from dataclasses import dataclass

KIB = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes. What the contract promises in numbers stands here."""

    # The link
    hello_seconds: float = 10.0
    ping_seconds: float = 25.0
    ping_spread: float = 0.2
    pong_seconds: float = 10.0
    stalled_seconds: float = 20.0
    closing_seconds: float = 2.0
    tick_seconds: float = 0.5

    # The database
    head_check_seconds: float = 5.0
    blind_seconds: float = 10.0
    read_seconds: float = 4.0
    round_seconds: float = 10.0
    session_check_seconds: float = 60.0
    retry_seconds: float = 0.1
    longest_retry_seconds: float = 1.0
    rounds_at_once: int = 4
    asked_together: int = 200

    # Frames in
    frame_bytes_in: int = 8 * KIB
    hello_bytes_in: int = 32 * KIB
    frames_a_minute: int = 120
    frames_ignored: int = 30
    bad_frames: int = 5

    # Frames out
    frame_bytes_out: int = 64 * KIB
    unsent_frames: int = 256
    unsent_bytes: int = 512 * KIB
    unsent_before_next_part: int = 128 * KIB
    unsent_of_process: int = 256 * KIB * KIB
    connections_a_slice: int = 250

    # What one may have
    sockets_a_person: int = 10
    sockets_an_address: int = 300
    streams_a_socket: int = 200
    resume_events_a_stream: int = 500
    resume_events: int = 2000
    fetch_events: int = 200
    events_a_part: int = 100

    # Presence
    presence_seconds: float = 1.0
    presence_renewed_seconds: float = 20.0
    presence_forgotten_seconds: float = 60.0
    typing_seconds: float = 6.0
    names_shown: int = 20

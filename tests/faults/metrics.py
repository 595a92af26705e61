"""A server's own figures (METRICS_PORT), as whoever watches it reads them."""

import http.client
import re

_LINE = re.compile(r"^(confer_\w+(?:\{[^}]*\})?) (\S+)$", re.MULTILINE)


def read_metrics(port: int) -> dict[str, float]:
    """Each figure by its name with its labels, such as `confer_loop_lag_seconds{quantile="0.99"}`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    finally:
        connection.close()
    return {name: float(value) for name, value in _LINE.findall(text)}

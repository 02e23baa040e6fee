"""HTTP: the one client. Every byte that Broadsheet fetches comes through here, within limits of time, size and address.

In: an address. Out: an ``Answer``, or a BroadsheetError. The limits hold for the whole exchange: the look-up of the
name, every redirect, TLS, headers and body, however slowly they come, compressed or not.

* Time: each wait for the network ends at the deadline of the exchange, so that a server that sends a byte now and then
  holds nobody up.
* Size: bytes are counted as they arrive, and as they are decompressed.
* Address: http and https alone, never a login. Each hop is looked up and each IP address found is judged; the
  connection is made to that very address, so that a name cannot lead elsewhere a moment later. A redirect leads to no
  private address that nobody typed.

urllib3, requests and httpx limit the time of one read, and none limits an exchange or connects to an IP address that
was judged before; what is left of them then is what http.client does.
"""

from broadsheet.http.addresses import Admit, public
from broadsheet.http.client import LIMITS, HttpResponse, Limits, ask, said, wait

__all__ = ["LIMITS", "Admit", "HttpResponse", "Limits", "ask", "public", "said", "wait"]

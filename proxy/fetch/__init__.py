"""Fetching the page that claims to link, without being turned against anybody.

The way of a fetch, and the file that knows about each step:

* a page read less than a minute ago, or being read right now, is not asked for again            cache, fetcher
* the host, its registrable domain and all of us together have a budget, one address has another  budget
* one fetch at a time for a host and for an address; queues are short and patience ends           turns
* the name is looked up in threads that are counted; every address of the answer must be fit      names, addresses
* one socket is opened, to the very address that was checked, and checked again as it is made     ask
* headers, time and body are bounded, before and after decompression                              ask, body
* a redirect is an answer like any other: it starts again from the top with its own URL           redirects
* everything that goes wrong is a `FetchFailed` that says what and why                            answer
"""

from proxy.fetch.answer import Fetched, FetchFailed
from proxy.fetch.fetcher import Fetcher
from proxy.fetch.limits import FetchLimits
from proxy.fetch.names import Resolve

__all__ = ["FetchFailed", "FetchLimits", "Fetched", "Fetcher", "Resolve"]

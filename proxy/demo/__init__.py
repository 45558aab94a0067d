"""The demo: a small blog, a small web of honest and dishonest pages, and the proxy, all on loopback.

blog      a stand-in for WordPress that stores what it is sent
web       pages on invented hosts, some of which link and some of which lie
cases     which linkbacks are sent, and what should become of each
show      runs them and shows the verdicts
"""

"""Several processes for one port: fronts read and pass through, the main process judges, counts and writes.

sockets   as many listening sockets for one port as there are fronts, held by the main process
line      what a front and the main process say to each other, one JSON object a line
values    linkbacks, answers, log-ins and posts as JSON
front     the front process: the doors, with everything behind them at the other end of its line
desk      the main process's end of a line: answers what a front asks
crew      starts the fronts, starts them again, lets them follow the configuration, and ends them

A front has its line from the main process as an open socket, not by a path: so nobody else can speak on it, and when
either side dies the other one knows at once. Each front has a listening socket of its own, which the main process
holds open too: connections that wait there for a front that died wait for the next one.
"""

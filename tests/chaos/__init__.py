"""`make chaos`: the real program is killed again and again, and what arrived is counted on the platform.

    python -m tests.chaos                                every row of the table, KILLS=20
    python -m tests.chaos --row sqlite/finds --kills 200

`rows`      what is tried, and what must come of it
`scenes`    the platforms: one of no kind, and the real adapters of real ones against their fake servers
`morning`   the channels, topics and papers that the program finds when it starts
`program`   the child: the program's own composition on one of them, with a fuse at every named point
`orders`    the orders of work that are known to be wrong: they prove that the check can fail
`crew`      the workers as processes: started, stopped, killed, always ended
`trouble`   what is done to them
`books`     what arrived, counted on the platform's own record
`desk`      somebody reads `status` everywhere and presses every *Send it again*
`evidence`  what is written down when a row is not as it must be
`drill`     one row from beginning to end

A start takes a fifth of a second here, because the children are forked from a process that has imported everything
(multiprocessing's `forkserver`). That matters: the platform takes up to 0.6 s to keep a message, longer than a
program takes to start, so that whoever looks too soon for a message in doubt does not find it and posts it twice.
"""

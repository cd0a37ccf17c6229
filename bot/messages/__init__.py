"""Every sentence said.

`digests`  what a channel gets: leads, papers, the line on a quiet first day
`answers`  what a person gets: papers, the schedule, what was wrong
`following` what a person gets who follows: the forecast, questions, the list of topics
`reading`  what a person gets of their own list: notes, pages, files, what happened to its papers
`reports`  how things are: sources, status, help
`membership` what is said where the bot is brought in
`refusing` what somebody is told whose command cannot be done
`mistyping`, `misreading` what is said of a command, and of a query, that is not understood
`terminal` what the terminal says of itself

Plain text only: the platforms escape, trim and lay out.
"""

"""The README's pictures: a first morning as a rig saw it, drawn as people see it.

    make pictures       docs/slack.png, docs/discord.png; needs Chromium

`morning`  what people do; `papers` the papers that come
`slack`    Slack's messages as HTML, `discord` Discord's; `page` a page around them, and its picture
"""

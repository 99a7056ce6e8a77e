"""The words for what a log tells: stages, and events that no hazard brings along."""

from __future__ import annotations

from sim.text import Text

#: What the time up to each stage was for.
STAGES = {
    "detect": Text("until somebody noticed", "发现"),
    "report": Text("until it was reported", "上报"),
    "accept": Text("until the report was taken up", "受理"),
    "file": Text("questions on the phone, and filing", "询问与立案"),
    "route": Text("the decision whom to send", "派遣决定"),
    "ack": Text("until somebody took it over", "签收"),
    "arrive": Text("until somebody was there", "到场"),
    "control": Text("the work itself", "处置"),
    "feedback": Text("until the result was fed back", "反馈"),
    "verify": Text("until the result was verified", "核查"),
    "close": Text("until it was closed", "结案"),
}
EVENTS = {
    "onset": Text("it begins", "事件发生"),
    "detect": Text("it is noticed", "被发现"),
    "report": Text("it is reported", "上报"),
    "accept": Text("the report is taken", "受理"),
    "file": Text("it is filed", "立案"),
    "route": Text("a crew is asked for", "请求派遣"),
    "ack": Text("a crew takes it over", "力量受领"),
    "arrive": Text("the first crew is there", "首批到场"),
    "control": Text("it is under control", "得到控制"),
    "controlled": Text("it is under control", "得到控制"),
    "burnt_out": Text("it has ended by itself", "自行结束"),
    "feedback": Text("the result is fed back", "反馈"),
    "verify": Text("the result is verified", "核查"),
    "close": Text("it is closed", "结案"),
    "returned": Text("the department returns it as not its own", "部门退回：非本单位职责"),
    "dispatched_again": Text("it is dispatched again", "重新派遣"),
    "reopen": Text("the result is not accepted, it is opened again", "核查未通过，重新办理"),
    "extended": Text("the limit is extended", "延长时限"),
    "supervised": Text("it comes under supervision", "进入督办"),
    "merged": Text("a report of the same thing is joined to it", "并入同一事项的重复上报"),
    "found": Text("a patrol finds it", "巡查发现"),
    "solved_at_grid": Text("the grid worker solves it on the spot", "网格员现场解决"),
    "asks_reinforcement": Text("more crews are asked for", "请求增援"),
    "hub_down": Text("the hub does not answer", "指挥中枢中断"),
    "turned_back": Text("a crew has to turn", "力量折返改道"),
    "another_way": Text("a crew takes another way ahead", "力量在前方改道"),
    "no_crew": Text("no crew is free", "无空闲力量"),
    "no_way": Text("no open street leads there", "无路可达"),
    "granted": Text("a crew is granted after a wait", "等待后派到力量"),
    "at_work": Text("a nearer crew was at work", "更近的力量正在执行任务"),
    "released": Text("a crew comes free", "力量空出"),
}  # fmt: skip
A_STREET = Text("a street without a name", "无名道路")


def minutes(seconds: float) -> str:
    """Return a span in minutes, or in hours from two hours on."""
    return f"{seconds / 60.0:.1f} min" if seconds < 7200.0 else f"{seconds / 3600.0:.1f} h"


def minutes_zh(seconds: float) -> str:
    """Return a span in minutes, or in hours from two hours on, in Chinese."""
    return f"{seconds / 60.0:.1f} 分钟" if seconds < 7200.0 else f"{seconds / 3600.0:.1f} 小时"


def span(seconds: float) -> Text:
    """Return a span of time."""
    return Text(minutes(seconds), minutes_zh(seconds))


def enough(names: list[str]) -> Text:
    """Return up to three names, and how many more there are."""
    more = len(names) - 3
    shown = names[:3]
    if more > 0:
        return Text(f"{', '.join(shown)} and {more} more", f"{'、'.join(shown)}等 {len(names)} 处")
    return Text(", ".join(shown), "、".join(shown))

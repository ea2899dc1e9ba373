"""Problems in words, for cards, pages and proposals."""

from qjobs.spec.problems import ChannelAssignment, Portfolio, Problem, Route, VertexCover

PROBLEM_TITLES = {
    "portfolio": "A portfolio by quantum approximate optimisation",
    "vertex-cover": "A vertex cover by quantum approximate optimisation",
    "channel-assignment": "Channels by quantum approximate optimisation",
    "route": "A route by quantum approximate optimisation",
}


def problem_in_words(problem: Problem) -> str:
    """What is chosen, one sentence."""
    match problem:
        case Portfolio(choose=choose, risk_aversion=risk):
            return (
                f"Chooses {choose} assets to hold in equal parts so that their mean return less {risk:g} "
                "times its variance is largest."
            )
        case VertexCover():
            return "Chooses as few nodes as possible so that every edge has an end among them."
        case ChannelAssignment(channels=channels):
            return (
                f"Gives each node one of {channels} channels so that the edges between nodes of one channel "
                "weigh least."
            )
        case Route(source=source, target=target):
            return f"Looks for the shortest way from node {source!r} to node {target!r}."

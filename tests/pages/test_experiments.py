"""Every card of every page: its controls exist, a click sets them, and then there is an answer with figures in it."""

import re

import pytest

from pages.shared.experiments import NOT_SHOWN, Answer, Experiment
from tests.pages.visits import visited

SECTIONS = {
    "activations": ("act_section", ("curves", "neuron", "few", "depth", "softmax", "gates")),
    "losses": ("loss_section", ("curves", "outlier", "classes", "slow")),
    "descent": ("gd_section", ("race", "steps", "sweep", "basins", "predict", "network")),
    "regression": ("", ("",)),
    "playground": ("", ("",)),
    "backprop": ("bp_section", ("network", "proof", "graph")),
    "autoencoder": ("ae_section", ("latent", "generate", "own", "few-labels", "weights", "anomaly")),
}
"""Pages whose questions are answered without a run of training: the key of their section in a link, its values."""
ALL = [(page, key, section) for page, (key, sections) in SECTIONS.items() for section in sections]
HAVE_NONE = {"own"}
NEED_MORE = {"The path of training": "Train one", "gdp": "Say what will happen first"}
"""Cards that ask for something first, and what they ask for: a run that was trained, or an answer in the section."""


WITH_A_RUN = {"gdn_plane"}
"""Controls that come with a run that was trained."""


def opened(page: str, key: str, section: str):
    return visited(f"pages/{page}.py", **({key: section} if key else {}))


def cards(app) -> list[str]:
    return [each.key.removeprefix("try_") for each in app.button if each.key and each.key.startswith("try_")]


def answered(app, card: str) -> str:
    """What is written in the answer of a card, once it is opened."""
    app.session_state[f"answer_{card}"] = True
    app.run()
    place = next(each for each in app.expander if each.label == "Answer" and each.markdown)
    said = "\n".join(each.value for each in (*place.markdown, *place.caption))
    app.session_state[f"answer_{card}"] = False
    return said


@pytest.mark.slow
@pytest.mark.parametrize(("page", "key", "section"), ALL, ids=[f"{page}-{section}" for page, _, section in ALL])
def test_every_card_sets_controls_that_exist_and_has_an_answer(store, monkeypatch, page, key, section):
    made = {}
    reply = Experiment.reply

    def noted(self, state, shown):
        made[self.title] = (self, reply(self, state, shown))
        return made[self.title][1]

    monkeypatch.setattr(Experiment, "reply", noted)
    app = opened(page, key, section)
    titles = cards(app)
    assert bool(titles) == (section not in HAVE_NONE)
    for title in titles:
        app.button(key=f"try_{title}").click().run()
        said = answered(app, title)
        assert not app.exception
        assert not app.warning
        card, given = made[title]
        drawn = {getattr(each, "key", None) for each in app.main}
        for name, value in card.values.items():
            assert name in drawn | WITH_A_RUN, f"{title!r} sets {name}, which is not on the page"
            assert app.session_state[name] == value, f"{title!r} sets {name} to {value!r}, which is out of its limits"
        if title in NEED_MORE or section == "predict":
            assert NEED_MORE["gdp" if section == "predict" else title] in said
            continue
        assert isinstance(given, Answer), f"{title!r}: {said}"
        assert re.search(r"\d", given.said)
        assert "nan" not in said.lower().split()
        assert given.sure in said.replace("\\", "")
        if given.right is not None:
            assert card.choices, f"{title!r} knows a right choice but offers none"
            assert card.choices[given.right] in said


def test_a_card_whose_controls_were_moved_asks_to_be_tried_again():
    app = opened("losses", "loss_section", "classes")
    app.button(key="try_The easy one").click().run()
    assert "still counts" in answered(app, "The easy one")
    app.slider(key="loss_gamma").set_value(4.0).run()
    assert answered(app, "The easy one") == NOT_SHOWN.first


def test_controls_that_a_question_asks_to_move_leave_its_answer_open():
    app = opened("activations", "act_section", "curves")
    app.button(key="try_A sigmoid kills gradients").click().run()
    assert app.session_state["act_x"] == 0.0
    assert "At x = 0 it is 0.25" in answered(app, "A sigmoid kills gradients")
    app.slider(key="act_x").set_value(6.0).run()
    assert "At x = 6 it is 0.00247" in answered(app, "A sigmoid kills gradients")


def test_a_prediction_is_compared_with_the_answer():
    app = opened("losses", "loss_section", "slow")
    app.button(key="try_Hopeless").click().run()
    app.session_state["guess_Hopeless"] = "Yes"
    assert "**No**, not “Yes”." in answered(app, "Hopeless")
    app.session_state["guess_Hopeless"] = "No"
    assert "**No**, as you expected." in answered(app, "Hopeless")


def test_another_card_closes_the_answer():
    app = opened("losses", "loss_section", "slow")
    app.button(key="try_Hopeless").click().run()
    app.session_state["answer_Hopeless"] = True
    app.run()
    app.button(key="try_Badly wrong").click().run()
    assert not app.session_state["answer_Hopeless"]

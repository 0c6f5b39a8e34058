"""Terms are explained in one place, and wherever a page asks for one."""

import pytest

from pages.shared.glossary import GLOSSARY, explain, explained, term


def test_every_term_is_one_sentence():
    for name, sentence in GLOSSARY.items():
        assert sentence.endswith("."), name
        assert ". " not in sentence, name


def test_a_help_has_a_paragraph_for_each_term_and_refuses_unknown_ones():
    assert explain("curvature", "δ").count("\n\n") == 1
    assert explain("saturated").startswith("**Saturated**: ")
    with pytest.raises(KeyError):
        explain("wobble")


def test_a_control_is_explained_by_the_term_that_it_is_named_after():
    assert explained("Batch size", "Training samples per step.") == f"Training samples per step.\n\n{explain('batch')}"
    assert explained("Gradient clipping", "").endswith(explain("gradient clipping"))
    assert explained("Seed", "Of the run.") == "Of the run."


def test_a_term_in_html_carries_its_sentence_and_takes_the_focus():
    made = term("slope")
    assert 'tabindex="0"' in made
    assert "|∇f|" in made
    assert made.endswith(">slope</abbr>")

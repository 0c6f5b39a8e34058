"""Looking inside of an autoencoder as a visitor does: the map, new images, a drawing of one's own, and the rest."""

import base64
import io
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image
from sqlalchemy import delete, update

from dlcore import data
from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.data.strokes import render
from dlcore.formula.numbers import fixed, percent
from dlcore.inspect import latent
from dlcore.runs import schema
from dlcore.use.autoencoder import TrainedAutoencoder
from pages.figures import digits
from pages.figures import latent as figures
from pages.parts.autoencoder.codes import axes
from pages.parts.autoencoder.few_labels import verdict
from pages.shared import canvas
from pages.shared.examples import EXAMPLES
from tests.pages.visits import ME, metrics, printed, trained, visited, warned

pytestmark = pytest.mark.slow

SECTIONS = ("latent", "generate", "own", "anomaly", "few-labels", "weights")
SEVEN = EXAMPLES[0].strokes


@pytest.fixture(autouse=True, scope="module")
def no_mnist():
    """The same images on every machine: the embedded digits."""
    st.cache_resource.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dlcore.data.mnist.on_disk", lambda name: False)
        yield
    st.cache_resource.clear()


@pytest.fixture
def visit(store):
    return lambda section, **link: visited("pages/autoencoder.py", ME, ae_section=section, **link)


@pytest.fixture
def pen(monkeypatch):
    """What the canvas in the browser sends."""
    sends = SimpleNamespace(json_data={"objects": []}, image_bytes=None)
    monkeypatch.setitem(sys.modules, "streamlit_drawable_canvas", SimpleNamespace(st_canvas=lambda **_: sends))
    return sends


def learned(store, preset="ae-deep", **model):
    data, training = DataConfig("digits", train_size=100), TrainingConfig(epochs=1, batch_size=32)
    return trained(store, RunConfig.of(preset, data, training, model=model), title="mine").id


def slider(app, key):
    return next(each for each in app.slider if each.key == key)


def ran(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    digits_file = tmp_path / "drawing.png"
    digits_file.write_bytes(digits.png(render(SEVEN)))
    exec(compile(code, "shown", "exec"), {})


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_with_the_bundled_autoencoder_and_shows_code_that_runs(
    visit, section, tmp_path, monkeypatch, pen, capsys
):
    app = visit(section)
    assert not app.warning
    assert app.code
    for each in app.code:
        if each.language == "python":
            ran(each.value, tmp_path, monkeypatch)
    assert capsys.readouterr().out


@pytest.mark.parametrize("section", [each for each in SECTIONS if each != "few-labels"])
@pytest.mark.parametrize(("preset", "model"), [("cvae", {"code_size": 3}), ("ae-conv", {"code_size": 20})])
def test_every_section_opens_with_a_network_of_my_own(visit, store, section, preset, model, tmp_path, monkeypatch, pen):
    run_id = learned(store, preset, **model)
    app = visit(section, run=run_id)
    assert not app.warning
    assert app.selectbox[0].value == run_id
    monkeypatch.setattr("dlcore.runs.Store", lambda: store)
    for each in app.code:
        ran(each.value, tmp_path, monkeypatch)


def test_a_run_that_goes_on_is_looked_into_as_it_is_and_as_it_was(visit, store, tmp_path, monkeypatch):
    run_id = learned(store)
    with store.database.write() as connection:  # as it was before it ended
        connection.execute(update(schema.runs).values(state="paused", has_weights=False, finished=None))
        connection.execute(delete(schema.weights).where(schema.weights.c.epoch == schema.KEPT))
    app = visit("latent", run=run_id)
    assert not app.warning
    assert app.selectbox[0].value == run_id
    assert "Below: “After epoch 1”; there is nothing newer yet." in [each.value for each in app.caption]
    assert f"Store().weights({run_id!r}, 1)" in app.code[0].value
    monkeypatch.setattr("dlcore.runs.Store", lambda: store)
    ran(app.code[0].value, tmp_path, monkeypatch)
    before = visit("latent", run=run_id, ae_checkpoint="start")
    assert not before.warning
    assert "TrainedAutoencoder.untrained(" in before.code[0].value
    assert before.latex[0].value != app.latex[0].value
    ran(before.code[0].value, tmp_path, monkeypatch)


def test_a_run_without_a_network_yet_says_when_there_is_one(visit, store):
    app = visit("latent", run=store.submit(RunConfig.of("ae-deep"), ME))
    assert "has no saved network yet: wait until its first epoch ends." in warned(app)


# The map.


def test_each_number_of_the_code_has_a_slider_that_changes_the_picture(visit):
    app = visit("latent")
    assert [each.key for each in app.slider] == ["ae_z1", "ae_z2"]
    before = app.code[0].value, app.latex[0].value
    slider(app, "ae_z1").set_value(2.0).run()
    assert not app.exception
    assert (app.code[0].value, app.latex[0].value) != before


def test_sliders_formula_axes_and_link_have_the_order_in_which_the_decoder_reads(visit):
    app = visit("latent", ae_z1="1.0", ae_z2="-2.0")
    codes = TrainedAutoencoder.load("vae-2d").encode(shown_images())
    first, second = (codes.mean(0) + torch.tensor([1.0, -2.0]) * codes.std(0, correction=0)).tolist()
    assert f"({fixed(first, 2)}, {fixed(second, 2)})" in app.latex[0].value
    assert [each.label.split(",")[0] for each in app.slider] == ["Number 1 of the code", "Number 2 of the code"]
    assert f"code = torch.tensor([[{first:.4f}, {second:.4f}]])" in app.code[0].value
    choice = SimpleNamespace(autoencoder=SimpleNamespace(code_size=2))
    assert axes(choice, "pca") == ("first number of the code", "second number")


def test_the_strokes_and_the_number_that_is_turned_have_that_order_too(visit, store):
    run_id = learned(store, "autoencoder", code_size=6)
    for number in ("1", "6"):
        app = visit("weights", run=run_id, ae_unit=number)
        assert any(each.value.startswith(f"**Number {number} of the code**") for each in app.markdown)
        assert f"each[:, {int(number) - 1}] =" in app.code[0].value


def shown_images():
    """uint8 (500, 1, 28, 28): those whose codes are on the map."""
    found = data.load("digits")
    return torch.cat((found.test.images, found.validation.images))[:500]


def test_a_link_brings_the_same_code_back(visit):
    app = visit("latent", ae_z1="1.5", ae_z2="-0.5")
    assert [each.value for each in app.slider] == [1.5, -0.5]
    assert app.code[0].value == visit("latent", ae_z1="1.5", ae_z2="-0.5").code[0].value


@pytest.mark.parametrize("bad", ["9", "nan", "", "<b>", "1e999"])
def test_a_bad_number_in_a_link_is_one_sentence(visit, bad):
    app = visit("latent", ae_z1=bad)
    assert len(app.warning) == 1
    assert "ae_z1" in app.warning[0].value.replace("\\", "")
    assert slider(app, "ae_z1").value == 0.0


def test_wide_codes_are_flattened_and_the_widest_numbers_have_their_sliders_first(visit, store):
    run_id = learned(store, "autoencoder", code_size=40)
    app = visit("latent", run=run_id)
    assert keys(app.slider) == [f"ae_z{number + 1}" for number in sorted(by_width(store, run_id)[:16])]
    assert any("of the variance of the codes" in each.value for each in app.markdown)


def test_t_sne_says_that_it_cannot_be_reversed(visit, store):
    app = visit("latent", run=learned(store, "autoencoder", code_size=40), ae_plane="t-sne")
    assert any("cannot be reversed" in each.value for each in app.markdown)


def keys(widgets):
    return [each.key for each in widgets]


def by_width(store, run_id):
    """The numbers of a code, those that vary most first."""
    codes = TrainedAutoencoder.load(store.weights(run_id)).encode(shown_images())
    return codes.std(0, correction=0).argsort(descending=True).tolist()


def test_the_other_numbers_of_a_wide_code_have_sliders_too(visit, store):
    run_id = learned(store, "autoencoder", code_size=40)
    before = visit("latent", run=run_id).code[0].value
    other = f"ae_z{by_width(store, run_id)[-1] + 1}"
    app = visit("latent", run=run_id, **{other: "2.0"})
    assert len(app.slider) == 40
    assert slider(app, other).value == 2.0
    moved = app.code[0].value
    assert moved != before
    slider(app, other).set_value(0.0).run()
    assert app.code[0].value == before


def test_a_card_chooses_two_images_of_other_classes(visit):
    app = visit("latent")
    next(each for each in app.button if each.key.startswith("try_From")).click().run()
    assert not app.exception
    assert any(each.value == "**4** to **9**" for each in app.markdown)


@pytest.mark.parametrize("preset", ["vae", "cvae"])
def test_the_code_of_a_way_makes_as_many_pictures_as_its_film_has(visit, store, preset, monkeypatch, capsys):
    app = visit("latent", run=learned(store, preset, code_size=2))
    monkeypatch.setattr("dlcore.runs.Store", lambda: store)
    exec(compile(app.code[1].value, "shown", "exec"), {})
    assert capsys.readouterr().out.count("torch.Size([41, 28, 28])") == 2


def test_the_nearest_image_becomes_the_end_of_the_way(visit):
    app = visit("latent", ae_z1="-2.0")
    app.button(key="ae_to_here").click().run()
    assert not app.exception
    assert next(each for each in app.number_input if each.key == "ae_to").value > 1


# Generate.


def test_other_seeds_and_distances_draw_other_images(visit):
    app = visit("generate")
    first = app.code[0].value
    app.button(key="ae_others").click().run()
    assert app.code[0].value != first
    assert next(each for each in app.number_input if each.key == "ae_dream").value == 1


def test_one_that_is_not_variational_says_that_it_has_no_prior(visit, store):
    app = visit("generate", run=learned(store, code_size=4))
    assert any("there is no prior" in each.value for each in app.markdown)


@pytest.mark.parametrize(
    ("preset", "said"), [("", "The 40 images are all alike"), ("cvae", "The 100 images are of 10")]
)
def test_an_answer_about_new_images_counts_those_that_are_drawn(visit, store, preset, said):
    app = visit("generate", **({"run": learned(store, preset, code_size=2)} if preset else {}))
    app.button(key="try_The middle of it all").click().run()
    app.session_state["answer_The middle of it all"] = True
    app.run()
    assert any(said in each.value for each in app.markdown)


# Your digit.


def drawn(strokes=SEVEN):
    scale = canvas.SIDE / canvas.UNITS
    scaled = [[(x * scale, y * scale) for x, y in stroke] for stroke in strokes]
    rgba = np.zeros((canvas.SIDE, canvas.SIDE, 4), np.uint8)
    rgba[..., 3] = render(scaled, size=canvas.SIDE, width=canvas.PEN * scale)
    file = io.BytesIO()
    Image.fromarray(rgba).save(file, "PNG")
    return file.getvalue()


def test_my_digit_gets_a_place_on_the_map_and_noise_makes_it_worse(visit, pen):
    app = visit("own")
    assert any("as soon as you lift the pen" in each.value for each in app.markdown)
    pen.json_data, pen.image_bytes = {"objects": [{"type": "Path"}]}, drawn()
    app.run()
    assert not app.exception
    assert any("The star is your digit" in each.value for each in app.markdown)
    clean = metrics(app)["Error of what is drawn"]
    slider(app, "ae_spoil").set_value(1.0).run()
    assert metrics(app)["Error of what is drawn"] != clean
    assert float(metrics(app)["Error of what is read"]) > 0.01


def test_an_example_is_drawn_with_one_click_and_a_forged_drawing_is_one_sentence(visit, pen):
    app = visit("own")
    app.button(key=f"ae_own_{EXAMPLES[0].title}").click().run()
    assert any("The star is your digit" in each.value for each in app.markdown)
    pen.json_data, pen.image_bytes = {"objects": 7}, b"no image"
    app.run()
    assert not app.exception
    assert len(app.warning) == 1


def test_the_drawing_that_the_code_reads_is_offered_and_gives_the_same_number(
    visit, pen, tmp_path, monkeypatch, capsys
):
    app = visit("own")
    assert [each.proto.disabled for each in app.get("download_button")] == [True, True]
    app.button(key=f"ae_own_{EXAMPLES[0].title}").click().run()
    offered = {each.proto.label: each.proto.disabled for each in app.get("download_button")}
    assert offered == {"Drawing": False, "28×28 pixels": False}
    monkeypatch.chdir(tmp_path)
    (tmp_path / "drawing.png").write_bytes(digits.png(app.session_state["draw.kept"]["drawing"].pixels))
    exec(compile(app.code[0].value, "shown", "exec"), {})
    error = float(capsys.readouterr().out.split("tensor(")[-1].split(")")[0])
    assert error == pytest.approx(float(metrics(app)["Error of what is drawn"]), abs=6e-5)


# Anomaly.


def test_a_higher_threshold_finds_less_and_alarms_less(visit):
    shares = []
    for threshold in ("0.02", "0.08"):
        found = metrics(visit("anomaly", ae_threshold=threshold))
        shares.append([float(found[each].strip("%")) for each in ("Found", "False alarms")])
    assert shares[0][0] > shares[1][0]
    assert shares[0][1] > shares[1][1]


def test_scribbles_are_drawn_worse_than_digits(visit):
    assert float(metrics(visit("anomaly"))["Area under the curve"]) > 0.7


def test_one_click_allows_one_false_alarm_in_twenty(visit):
    app = visit("anomaly")
    app.button(key="try_One alarm in twenty").click().run()
    assert float(metrics(app)["False alarms"].strip("%")) == pytest.approx(5, abs=1)


def test_upside_down_is_half_a_turn_and_the_shown_code_finds_as_much(visit):
    app = visit("anomaly", ae_odd="turned", ae_threshold="0.05")
    code = app.code[0].value
    assert "odd = images.flip(2, 3)" in code
    share = float(printed(code).split("tensor(")[1].split(")")[0])
    assert metrics(app)["Found"] == percent(share)


# Few labels, weights.


def test_the_numbers_beside_the_curves_are_those_of_the_classifier(visit):
    app = visit("few-labels", ae_draws="3", ae_labels="50")
    autoencoder = TrainedAutoencoder.load("vae-2d")
    found = data.load("digits")
    features = autoencoder.encode(found.train.images), autoencoder.encode(found.test.images)
    test_labels = torch.cat((found.test.labels, found.validation.labels))[:500]
    test = torch.cat((features[1], autoencoder.encode(found.validation.images)))[:500]
    expected = latent.few_labels(features[0], found.train.labels, test, test_labels, (50,), draws=3)[0]
    assert metrics(app)["50 labels, on the codes (2 numbers)"] == percent(expected.mean)
    images = torch.cat((found.test.images, found.validation.images))[:500]
    flat = [each.flatten(1).float() / 255 for each in (found.train.images, images)]
    pixels = latent.few_labels(flat[0], found.train.labels, flat[1], test_labels, (50,), draws=3, standardise=False)[0]
    assert metrics(app)["50 labels, on the pixels (784 numbers)"] == percent(pixels.mean)
    assert verdict(expected, pixels) in [each.value for each in app.markdown]


def test_where_the_spreads_overlap_there_is_no_clear_difference():
    codes, pixels = latent.FewLabels(10, 0.62, 0.04, 500), latent.FewLabels(10, 0.58, 0.03, 500)
    assert "**no clear difference** (4 percentage points, 20 of 500 images)" in verdict(codes, pixels)
    assert "**code is ahead** by 30 percentage points" in verdict(codes, latent.FewLabels(10, 0.32, 0.03, 500))
    assert "**pixels are ahead** by 30 percentage points" in verdict(latent.FewLabels(10, 0.28, 0.03, 500), pixels)


def test_one_that_is_told_the_class_is_told_no_label_of_the_images_that_are_classified(visit, store, monkeypatch):
    run_id = learned(store, "cvae", code_size=2)
    given = []
    monkeypatch.setattr(latent, "encode", spied(latent.encode, given))
    app = visit("few-labels", run=run_id, ae_draws="3")
    assert any("was trained with all labels" in each.value for each in app.caption)
    true = data.load("digits").train.labels[:3_000]
    assert not any(labels is not None and torch.equal(labels, true) for labels in given)


def spied(encode, given):
    def watched(model, images, labels=None):
        given.append(labels)
        return encode(model, images, labels)

    return watched


def test_the_number_that_is_turned_and_its_start_are_in_the_link(visit):
    app = visit("weights", ae_unit="2", ae_turn_from="7")
    assert any("as they are for image 7" in each.value for each in app.markdown)
    assert "codes[7]" in app.code[0].value


def test_every_number_of_the_code_can_be_turned_and_no_other(visit, store):
    assert slider(visit("weights"), "ae_unit").max == 2
    run_id = learned(store, "autoencoder", code_size=20)
    app = visit("weights", run=run_id, ae_unit="20")
    assert slider(app, "ae_unit").max == 20
    app.selectbox[0].set_value("vae-2d").run()
    assert not app.exception
    assert slider(app, "ae_unit").value == 2


def test_no_two_controls_of_the_page_share_a_key(visit):
    """A value that is kept from one section must not meet another kind of control in the next."""
    kinds = {}
    for section in ("train", "latent", "generate", "own", "anomaly", "few-labels", "weights"):
        app = visit(section)
        for kind in ("button", "slider", "select_slider", "selectbox", "number_input", "toggle", "segmented_control"):
            for each in app.get(kind):
                assert kinds.setdefault(each.key, kind) == kind or each.key is None


# Links.


@pytest.mark.parametrize(
    "link",
    [
        {"ae_section": "banana"},
        {"ae_section": "latent", "ae_show": "x" * 3000},
        {"ae_section": "latent", "ae_from": "-1"},
        {"ae_section": "anomaly", "ae_odd": "<script>"},
        {"ae_section": "anomaly", "ae_threshold": "seven"},
        {"ae_section": "generate", "ae_dream": "1e9"},
        {"ae_section": "weights", "ae_unit": "99"},
        {"ae_section": "few-labels", "ae_labels": "7", "ae_draws": "3"},
        {"ae_section": "latent", "run": "../../etc/passwd"},
        {"ae_section": "own", "run": "nobody"},
    ],
    ids=lambda link: " ".join(link),
)
def test_what_a_bad_link_says_is_one_sentence_and_the_page_works(store, pen, link):
    app = visited("pages/autoencoder.py", ME, **link)
    assert len(app.warning) == 1


def test_a_network_that_went_astray_is_one_sentence(visit, store, monkeypatch):
    run_id = learned(store, code_size=2)
    monkeypatch.setattr(
        latent, "encode", lambda model, images, labels=None: torch.full((len(images), model.code_size), torch.nan)
    )
    app = visit("latent", run=run_id)
    assert len(app.warning) == 1
    assert "not finite numbers" in app.warning[0].value


# Pictures.


def test_a_mask_keeps_every_pixel_and_a_tapestry_every_tile():
    image = np.arange(784, dtype=np.uint8).reshape(28, 28)
    shown = opened(figures.mask(image, 3))
    assert np.array_equal(shown[::3, ::3, -1], image)
    tiles = np.stack([np.full((2, 28, 28), 10), np.full((2, 28, 28), 200)]).astype(np.uint8)
    whole = opened(figures.tapestry(tiles, "#ff0000"))
    assert whole.shape == (56, 56, 4)
    assert whole[0, 0].tolist() == [255, 0, 0, 10]
    assert whole[-1, -1].tolist() == [255, 0, 0, 200]


def test_the_tiles_of_the_plane_lie_where_they_are_decoded():
    points = np.array([[0.0, 0.0], [1.0, 2.0]], np.float32)
    figure = figures.code_map(points, np.array([0, 1]), ("a", "b"), axes=("x", "y"), dark=False)
    (left, right), (bottom, top) = figure.layout.xaxis.range, figure.layout.yaxis.range
    places = figures.lattice(figure, 4, 2)
    assert places.shape == (2, 4, 2)
    assert places[0, 0] == pytest.approx([left + (right - left) / 8, top - (top - bottom) / 4], abs=1e-6)
    assert places[-1, -1] == pytest.approx([right - (right - left) / 8, bottom + (top - bottom) / 4], abs=1e-6)


def opened(address):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))))

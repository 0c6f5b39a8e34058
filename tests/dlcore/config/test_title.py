"""What runs are called."""

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.title import LENGTH, title


def test_a_title_names_what_is_out_of_the_ordinary():
    assert title(RunConfig.of()) == "cnn-64 on digits"
    some = RunConfig.of("mlp", DataConfig("mnist", label_noise=0.2, augment=("affine", "pen")))
    assert title(some) == "mlp on mnist, label noise 0.2, augment affine+pen"
    many = RunConfig.of("mlp", some.data, {"momentum": 0.5, "batch_size": 100})
    assert title(many).endswith(", momentum 0.5, 1 more")
    assert len(title(many)) <= LENGTH


def test_a_title_names_the_data_that_stand_in_and_what_they_stand_for():
    asked = RunConfig.of("gru", {"name": "mnist"}, {"epochs": 1})
    assert title(asked.on("digits"), "mnist").startswith("gru on digits in place of mnist")
    assert title(asked, "mnist").startswith("gru on mnist")

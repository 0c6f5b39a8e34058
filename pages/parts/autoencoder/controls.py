"""What is to be trained: the controls of the section Train, from the network down to the seed."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlcore.config.autoencoders import AutoencoderConfig
from dlcore.config.fields import setting
from dlcore.config.image_sets import shipped
from dlcore.config.run import RunConfig
from pages.shared import address, page
from pages.shared.settings import BATCHES, RATES, Settings

NETWORKS = ("autoencoder", "ae-deep", "ae-conv", "vae", "cvae")
VARIATIONAL = ("vae", "cvae")
SETTINGS = Settings(RunConfig.of("autoencoder"), prefix="ae_")
CODE_SIZES = (2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 48, 64, 96, 128)
BETAS = (0.0, 0.1, 0.3, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 100.0)
AMOUNTS = tuple(step / 20 for step in range(21))
PULLS = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def first() -> DeltaGenerator:
    """The controls that matter most, above the start button; returns the place where the network is described."""
    place = SETTINGS.network(NETWORKS)
    SETTINGS.data_set(shipped())
    SETTINGS.scale("code_size", "Size of the code", CODE_SIZES)
    if SETTINGS.chosen in VARIATIONAL:
        SETTINGS.scale("beta", "β, weight of the KL divergence", BETAS)
    corruption = SETTINGS.choice("corruption", "Corrupt what it reads")
    if corruption != "none":
        SETTINGS.scale("corruption_amount", "By how much", AMOUNTS)
    SETTINGS.number("epochs", "Epochs")
    return place


def more(place: DeltaGenerator) -> None:
    """The controls below the start button; then the network that all of them make is described at its place."""
    with page.expander("Layers and loss", ":material/layers:", "ae_layers"):
        rule = setting(AutoencoderConfig, "hidden")
        st.text_input(
            "Hidden layers",
            SETTINGS.standard("hidden"),
            help=rule["help"],
            placeholder="none",
            **address.typed(SETTINGS.key("hidden")),
        )
        with page.sentences():
            replace(RunConfig.of(SETTINGS.chosen).model, hidden=st.session_state[SETTINGS.key("hidden")])
        SETTINGS.choice("activation", "Activation")
        SETTINGS.choice("reconstruction", "Loss")
        if SETTINGS.chosen not in VARIATIONAL:
            SETTINGS.scale("sparsity", "Sparsity: how strongly the code is pulled to zero", PULLS)
    with st.expander("Learning rate and batches", icon=":material/speed:"):
        SETTINGS.scale("learning_rate", "Learning rate", RATES)
        SETTINGS.scale("batch_size", "Batch size", BATCHES)
    SETTINGS.optimizer()
    SETTINGS.regularisation(smoothing=False)
    with st.expander("Less data", icon=":material/photo_library:"):
        SETTINGS.number("train_size", "Training images", step=100, empty="all")
    SETTINGS.machine()
    SETTINGS.describe(place)

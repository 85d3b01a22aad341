"""Units and meanings of what a report says of a model, of an estimate, of a network."""

from __future__ import annotations

Meanings = dict[str, tuple[str, str]]
"""Unit and meaning of each column; instead of a unit, `text` or `flag` for what is no number."""

kinds = ("text", "flag")

# The last part of the name of columns that count or number something.
_WHOLE = {
    "boxWidth", "components", "count", "epoch", "field", "inField", "lostBootstraps", "members", "notCommon",
    "notFinite", "number", "outsideWindow", "parameters", "predicted", "referenceSeed", "seed", "step", "trainingSamples", "validationSamples",
}  # fmt: skip


def is_whole(column: str) -> bool:
    """Whether the numbers of a column are whole."""
    return column.rsplit(".", 1)[-1] in _WHOLE


def _below(name: str, members: Meanings) -> Meanings:
    return {f"{name}.{member}": meaning for member, meaning in members.items()}


def statistics(name: str) -> Meanings:
    """Columns of statistics of residuals, log10 of predicted over true mass."""
    return _below(
        name,
        {
            "count": ("particles", "particles"),
            "correlation": ("1", "Pearson's r of predicted and true log10 M"),
            "scatter": ("dex", "half of the 16-84 % range of the residuals"),
            "bias": ("dex", "median of the residuals"),
            "mean": ("dex", "mean of the residuals"),
            "standardDeviation": ("dex", "standard deviation of the residuals"),
            "rootMeanSquare": ("dex", "root mean square of the residuals"),
            "outliers.aboutMean": ("1", "share of residuals outside of 3 standard deviations about their mean"),
            "outliers.aboutZero": ("1", "share outside of 3 standard deviations about zero"),
            "outliers.robust": ("1", "share outside of 3 times the scatter about the median"),
            "outliers.outsideQuantiles": ("1", "share outside of the 0.135 and 99.865 % quantiles"),
        },
    )


def information(name: str) -> Meanings:
    """Columns of an estimate of mutual information."""
    return _below(
        name,
        {
            "count": ("particles", "particles"),
            "value": ("nats", "mutual information with the true log10 M: mean over bootstraps"),
            "deviation": ("nats", "its standard error, over particles"),
            "haloDeviation": ("nats", "its standard error, over halos"),
            "fullSample": ("nats", "that of the mixture fitted to all particles"),
            "gaussian": ("nats", "-1/2 ln(1 - r^2)"),
            "components": ("1", "components of the mixture"),
            "nearestNeighbours": ("nats", "the same by nearest neighbours"),
            "equivalentScatter": ("dex", "Gaussian noise on the truth that leaves as much information"),
            "warnings": ("text", "warnings of the estimate"),
        },
    )


def difference(name: str) -> Meanings:
    """Columns of a difference of mutual information on the same particles."""
    return _below(
        name,
        {
            "value": ("nats", "difference of the mutual information, on the same particles"),
            "deviation": ("nats", "its standard error"),
            "interval.from": ("nats", "95 % of the bootstraps are from"),
            "interval.to": ("nats", "to"),
            "isOverHalos": ("flag", "whether the error is over halos, otherwise over particles"),
            "lostBootstraps": ("1", "bootstraps without a fit of one of the two"),
            "significance": ("1", "difference over its standard error"),
            "ratio": ("1", "ratio of the two"),
        },
    )


def network(name: str) -> Meanings:
    """Columns of a network and its training."""
    return _below(
        name,
        {
            "input": ("text", "dataset of the field files, or finalDensity"),
            "boxes": ("text", "raw, averaged, shuffled or ellipsoidal, with other shells than the default and a mask"),
            "boxWidth": ("voxels", "width of a sub-box"),
            "voxelSize": ("Mpc/h", "width of a voxel"),
            "parameters": ("1", "parameters"),
            "trainingSimulations": ("text", "simulations that it was trained on"),
            "validationSimulations": ("text", "simulations that it was validated on"),
            "trainingSamples": ("particles", "particles that it was trained on"),
            "validationSamples": ("particles", "particles that it was validated on"),
            "epoch": ("1", "epoch of its weights, from 0"),
            "step": ("1", "steps until then"),
            "validationLoss": ("nats", "validation loss of this epoch"),
            "gamma": ("1", "width of the likelihood, in scaled labels"),
            "labelRange.from": ("log10 Msun", "mass that is -1 for the network"),
            "labelRange.to": ("log10 Msun", "mass that is 1 for the network"),
        },
    )

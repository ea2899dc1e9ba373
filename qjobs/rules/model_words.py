"""What the keys of a metrics document say: "rbf_all" is an RBF-SVM on all features."""

from qjobs.rules.results import QUANTUM

_METHODS = {
    "linear": "Linear SVM",
    "ridge": "Ridge regression",
    "gaussian": "Gaussian",
    "rbf": "RBF-SVM",
    "boosting": "Boosted trees",
}
_FEATURES = {"reduced": "on the reduced features", "all": "on all features"}


def method_words(key: str) -> str:
    """The method's name; a key that is not known stands for itself.

    >>> method_words("rbf_all"), method_words("forest")
    ('RBF-SVM', 'forest')
    """
    return "Quantum model" if key == QUANTUM else _METHODS.get(key.partition("_")[0], key)


def feature_words(key: str) -> str:
    """Which features the model saw; empty where the key does not say."""
    return _FEATURES.get(key.partition("_")[2], "")


def model_words(key: str) -> str:
    """Both together.

    >>> model_words("linear_reduced")
    'Linear SVM on the reduced features'
    """
    return f"{method_words(key)} {feature_words(key)}".strip()

"""Every form, in the order in which the page offers them."""

from collections.abc import Mapping

from qjobs.spec import JobSpec, LearningSpec, MachineSpec, QuboSpec
from qjobs.spec.document import EXACT_ENGINE
from qjobs.views.forms.choices import FORMS as CHOICES
from qjobs.views.forms.form import Form
from qjobs.views.forms.machines import FORMS as MACHINES
from qjobs.views.forms.qaoa import FORM as QAOA
from qjobs.views.forms.qnn import FORM as QNN
from qjobs.views.forms.qpca import FORM as QPCA
from qjobs.views.forms.qsvm import FORM as QSVM
from qjobs.views.forms.qsvm import MEASURED_FORM as MEASURED
from qjobs.views.forms.vqe import FORM as VQE

_ALL = (QSVM, MEASURED, *MACHINES, QNN, QPCA, QAOA, *CHOICES, VQE)
FORMS: Mapping[str, Form] = {form.key: form for form in _ALL}
"""By the algorithm's name, or that of its task, problem or way."""


def form_key_of(spec: JobSpec) -> str:
    """The key of the form that asks for such a spec."""
    if isinstance(spec, MachineSpec):
        return spec.algorithm.task
    if isinstance(spec, LearningSpec) and spec.engine != EXACT_ENGINE:
        return MEASURED.key
    return spec.algorithm.problem.name if isinstance(spec, QuboSpec) else spec.algorithm.name

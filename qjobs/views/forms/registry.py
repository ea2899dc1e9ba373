"""Every form, in the order in which the page offers them."""

from collections.abc import Mapping

from qjobs.views.forms.form import Form
from qjobs.views.forms.qaoa import FORM as QAOA
from qjobs.views.forms.qnn import FORM as QNN
from qjobs.views.forms.qpca import FORM as QPCA
from qjobs.views.forms.qsvm import FORM as QSVM
from qjobs.views.forms.vqe import FORM as VQE

FORMS: Mapping[str, Form] = {form.algorithm: form for form in (QSVM, QNN, QPCA, QAOA, VQE)}
"""By the algorithm's name."""

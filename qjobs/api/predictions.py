"""Predictions with a model over the API."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletRequired, WalletSession
from accounts.bodies import Body, read_body
from marketplace.api.requests import user_of
from qjobs.rules.prediction_rows import MAX_ROWS, Rows, rows_by_name, rows_of_csv
from qjobs.selectors.models import view_model
from qjobs.services.predictions import check_right, features_read, predict_rows

MAX_CSV_CHARACTERS = 1_000_000


class PredictBody(Body):
    """Rows by the names of their features, or a table in CSV whose first line names its columns."""

    rows: Annotated[list[dict[str, float]], Field(max_length=MAX_ROWS)] | None = None
    csv: Annotated[str, Field(max_length=MAX_CSV_CHARACTERS)] | None = None

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if (self.rows is None) == (self.csv is None):
            raise ValueError("give rows or csv, one of both")
        return self

    def numbers(self, features: tuple[str, ...]) -> Rows:
        """The rows in the order of these features."""
        return (
            rows_of_csv(self.csv, features)
            if self.csv is not None
            else rows_by_name(self.rows or [], features)
        )


class PredictView(APIView):
    """POST: what the model says of these rows, for its owner and for holders of a pass to predict."""

    authentication_classes = [WalletSession]
    permission_classes = [WalletRequired]

    def post(self, request: Request, token_id: int) -> Response:
        view = view_model(token_id)
        wallet = user_of(request).address
        pass_id = check_right(view, wallet)
        body, features = read_body(PredictBody, request.data), features_read(view)
        found = predict_rows(view, body.numbers(features), wallet=wallet, pass_id=pass_id)
        return Response(
            {
                "model_id": str(token_id),
                "pass_id": str(found.pass_id),
                "label": found.label,
                "positive_label": found.positive_label,
                "classes": list(found.classes),
                "results": [
                    {
                        "decision": one.number,
                        "is_positive": one.number > 0 and not one.scores,
                        "class_name": one.class_name,
                        "scores": list(one.scores),
                    }
                    for one in found.decisions
                ],
            }
        )

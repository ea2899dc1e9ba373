"""The contracts' interfaces as pure values, one module a contract; names as in the deployment file."""

from types import ModuleType

from chain.bindings import (
    access_pass,
    commons_governor,
    data_market,
    dataset_token,
    dispute_book,
    executor_registry,
    job_board,
    model_token,
    parameter_book,
    test_dollar,
    timelock,
    vote_token,
)

BY_NAME: dict[str, ModuleType] = {
    "VoteToken": vote_token,
    "Timelock": timelock,
    "CommonsGovernor": commons_governor,
    "TestDollar": test_dollar,
    "DatasetToken": dataset_token,
    "AccessPass": access_pass,
    "ModelToken": model_token,
    "ExecutorRegistry": executor_registry,
    "ParameterBook": parameter_book,
    "DataMarket": data_market,
    "JobBoard": job_board,
    "DisputeBook": dispute_book,
}

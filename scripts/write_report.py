"""Rule `write_report`: write the report, one HTML page that needs no network."""

from dataclasses import fields

from phototags.io.logs import start_job
from phototags.params.pages import Report
from phototags.report.report_page import ReportInputs, write_report

given = start_job(snakemake)  # noqa: F821

write_report(
    given.output.report,
    given.params.run,
    Report.model_validate_json(given.params.settings),
    ReportInputs(**{field.name: given.input[field.name] for field in fields(ReportInputs)}),
)

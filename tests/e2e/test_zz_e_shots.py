import pytest
from pathlib import Path
from tests.e2e.made_up_site import *  # noqa
from tests.e2e.made_up_site import fill, watching
from tests.fakes import dispute_rows, job_rows, rows
from qjobs.models import Dispute, Job
from governance.models import *
OUT = Path('/tmp/tmp.WKw7ABGiOR')

@pytest.mark.django_db(transaction=True)
def test_shots(chromium, site):
    fill()
    with rows.projecting():
        Job.objects.filter(pk=2).update(state=Job.State.DISPUTED, window_ends_at=rows.NOW+300)
    V=[rows.address(n) for n in (51,52,53)]
    dispute_rows.add_executor(rows.EXECUTOR, leaving_units=5*rows.DOLLARS, leaves_at=rows.NOW+80000)
    for v in V: dispute_rows.add_executor(v, is_verifier=True, staked_units=0)
    d=dispute_rows.add_dispute(2)
    dispute_rows.add_attestation(d, V[0], is_right=False)
    dispute_rows.add_attestation(d, V[1], is_right=True)
    job_rows.add_job(3); job_rows.add_result(3)
    with rows.projecting():
        Job.objects.filter(pk=3).update(state=Job.State.WINDOW, window_ends_at=rows.NOW+300)
        when={"set_at":rows.NOW-90000,"set_tx":rows.digest("s")}
        for k,v in (("market_fee_bps",250),("job_fee_bps",250),("max_qubits",20),("max_run_seconds",3600),("verifier_quorum",2)):
            BookValue.objects.create(key=k,value=v,**when)
        for k,i in (("algorithm","qsvm"),("algorithm","qaoa"),("engine","statevector"),("payment_token","0x"+"00"*12+rows.DOLLAR[2:])):
            BookAllowance.objects.create(allowance_id=f"{k}-{i}",kind=k,item=i,is_allowed=True,**when)
        BookDocument.objects.create(kind="ethical_guidelines",digest=rows.digest("t"),**when)
    dispute_rows.add_guardian(rows.address(61), paused_until=rows.NOW+4000, is_armed=False)
    for scheme,width in (("light",1280),("dark",390)):
        with watching(chromium, site, width, scheme) as w:
            for name,addr in (("job2","/jobs/2"),("job3","/jobs/3"),("executors","/executors"),("executor",f"/executors/{rows.EXECUTOR}"),("parameters","/parameters"),("slash","/proposals/new/slash"),("doc","/proposals/new/document")):
                w.open(addr)
                print(name, scheme, "beyond", w.width_beyond(), "shift", w.layout_shift(), w.refusals(), w.complaints)
                w.page.screenshot(path=str(OUT/f"{name}-{scheme}.png"), full_page=True)

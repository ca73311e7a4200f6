"""What the launch template tasks do, as a person sees it. Returns exit codes (kiln.errors.Exit)."""

from cloud.machine_images import Family, MachineImage
from cloud.session import Cloud
from kiln import typed
from kiln.errors import Exit, UserError
from kiln.screen import Screen, print_json, print_result
from launch_templates import definitions, show
from launch_templates import plan as plans
from launch_templates.contents import make_contents
from launch_templates.plan import Chooser
from launch_templates.register import register as carry_out
from launch_templates.spec import PLACEHOLDER, LaunchTemplateSpec
from userdata.decode import decode


def register(
    template: str, ami: str, region: str | None, chooser: Chooser, *, plan: bool, set_default: bool, as_json: bool
) -> int:
    """`invoke register-launch-template`."""
    spec = definitions.load(template)
    if PLACEHOLDER in spec.name:
        raise UserError(
            f"{spec.name} is no name of a launch template yet",
            f"an environment puts its own name in the place of {PLACEHOLDER}, and registers it",
            f"Name it in launch_template of an environment, then run {typed.command('register-env')}; or write the "
            "name out.",
        )
    cloud, screen = Cloud(region), Screen()
    chosen = chooser.choose(cloud, ami or spec.ami, spec.image)
    options = f" --template {template}" + (f" --ami {ami}" if ami else "")
    planned = plans.prepare(cloud, spec, chosen, set_default=set_default)
    screen.say(show.render_header(cloud, planned))
    if plan or not planned.something_to_do:
        if as_json:
            print_json(show.make_document(cloud, planned, None))
        else:
            print_result(
                show.render_plan(planned, options) if planned.something_to_do else show.render_up_to_date(planned)
            )
        return Exit.SOMETHING_TO_DO if planned.something_to_do else Exit.DONE
    done = carry_out(cloud, planned)
    if as_json:
        print_json(show.make_document(cloud, planned, done))
    else:
        print_result(show.render_registered(planned, done, options))
    return Exit.DONE


def show_user_data(template: str, ami: str, region: str | None, chooser: Chooser, *, as_json: bool) -> int:
    """`invoke show-user-data`: AWS is asked only where an AMI is named."""
    spec = definitions.load(template)
    family, image, why = _machine(spec, ami, region, chooser)
    made = make_contents(spec, family, image)
    parts = decode(made.mime)
    if as_json:
        print_json({
            "template": spec.name, "family": family, "ami": image.id if image else None, "bytes": len(made.mime),
            "delivered": made.delivered, "carried": made.carried, "parts": [vars(part) for part in parts],
        })  # fmt: skip
    else:
        Screen().say(f"{spec.name}, for {why}")
        print_result(show.render_user_data(made, parts))
    return Exit.DONE


def _machine(
    spec: LaunchTemplateSpec, ami: str, region: str | None, chooser: Chooser
) -> tuple[Family, MachineImage | None, str]:
    if ami:
        chosen = chooser.choose(Cloud(region), ami, spec.image)
        return plans.find_family(spec, chosen), chosen.image, f"{chosen.image.id} ({chosen.why})"
    family = chooser.find_family(spec.ami) or spec.family or "al2023"
    return family, None, f"a stock {family} AMI, which carries nothing (--ami names another)"

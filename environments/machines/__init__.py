"""Which machines compute environments may launch, and which jobs fit them: asked by the plan and by the doctor."""

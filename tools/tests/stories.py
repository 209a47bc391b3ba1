# SPDX-License-Identifier: GPL-2.0
"""Small logs, written step by step."""

NPI = "8b0cf47d-85f1-4dc2-9c53-83a90c215971"
PENDING = -115


class Story:
    """A log of a provider and a client, with a millisecond between lines."""

    def __init__(self, timestamps=True):
        self.lines = []
        self.timestamps = timestamps
        self.time = 1.0

    def later(self, seconds):
        """A pause."""
        self.time += seconds
        return self

    def text(self, text):
        """A line with any text."""
        self.time += 0.001
        stamp = f"[{self.time:12.6f}] " if self.timestamps else ""
        self.lines.append(stamp + text)
        return self

    def step(self, label, result="-", binding=7, provider="p#0", client="c#0"):
        """A step of a binding."""
        return self.text(f"nmr_core: {label} npi={NPI} provider={provider} "
                         f"client={client} binding={binding} result={result}")

    def of_provider(self, label, result=0, name="p#0"):
        """A step of a provider's registration."""
        return self.step(f"{label}_provider", result, "-", name, "-")

    def of_client(self, label, result=0, name="c#0"):
        """A step of a client's registration."""
        return self.step(f"{label}_client", result, "-", "-", name)

    def call(self, label, result=0, **kwargs):
        """A callback: called, returned."""
        return self.step(label, **kwargs).step(label, result, **kwargs)

    def registered(self):
        """Both sides register."""
        return self.of_provider("register").of_client("register")

    def attached(self, **kwargs):
        """A correct attach."""
        self.step("attach_provider", **kwargs).call("attach_client", **kwargs)
        return self.step("attach_provider", 0, **kwargs).step("attached", 0, **kwargs)

    def begun(self):
        """Both registered, attached, and idle for a while."""
        return self.registered().attached().later(5)

    def cleaned(self, **kwargs):
        """Both cleanups and the end of a binding."""
        return self.call("cleanup_client", **kwargs).call("cleanup_provider", **kwargs) \
            .step("unbound", 0, **kwargs)

    def provider_detaches(self, result=0):
        """The provider deregisters, and detaches first."""
        return self.of_provider("deregister", PENDING).call("detach_client", result)

    def provider_gone(self):
        """The provider's deregistration is complete."""
        return self.of_provider("deregistered").of_provider("wait")

    def client_gone(self):
        """The client deregisters without a binding."""
        return self.of_client("deregister", PENDING).of_client("deregistered") \
            .of_client("wait")

    def over(self):
        """The remaining steps after both detached."""
        return self.cleaned().provider_gone().client_gone()

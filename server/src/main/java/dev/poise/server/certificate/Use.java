package dev.poise.server.certificate;

import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import io.swagger.v3.oas.annotations.media.Schema;

/** A listener that a certificate is bound to. */
@Schema(name = "CertificateUse")
public record Use(
    LoadBalancerId loadBalancerId,
    String loadBalancerName,
    ListenerId listenerId,
    String listenerName) {}

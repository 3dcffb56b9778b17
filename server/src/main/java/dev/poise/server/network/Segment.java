package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.swagger.v3.oas.annotations.media.Schema;

/** What makes a VPC real on nodes. */
@Schema(name = "Segment", description = "What makes the VPC real on nodes")
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Segment {
  /** The network that the nodes are in themselves: all VPCs with this segment share it. */
  @JsonTypeName("HOST")
  record Host() implements Segment {}
}

package dev.poise.server.event;

import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Lets the server do some things by itself from time to time. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class EventTasks {}

/** What the tests need around them: members, clients, a server, a scratch node. */
@NullMarked
package dev.poise.agent.support;

import org.jspecify.annotations.NullMarked;

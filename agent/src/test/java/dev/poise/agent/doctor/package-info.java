/** Tests of the doctor: each check finds what is bad, and leaves alone what is good. */
@NullMarked
package dev.poise.agent.doctor;

import org.jspecify.annotations.NullMarked;
